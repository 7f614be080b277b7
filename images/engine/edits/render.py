"""An edit carried out: subject, place, ground, what lies between, output."""

from dataclasses import dataclass, replace

from PIL import Image

from images.engine.codecs.colour import to_srgb
from images.engine.codecs.encode import encode_preview
from images.engine.edits import grounds, output, place, subject, warp
from images.engine.edits.layers import Layers, visible
from images.engine.edits.parts import Box, Colours, Kind
from images.engine.edits.recipe import Recipe
from images.engine.edits.sources import Sources
from images.engine.options import DEFAULT_LIMITS, Limits

_PREVIEW_SIDE = 1280


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file. `subject` is the box of what is visible of the subject in it; None where nothing is.

    `preview` is a small WebP of the same picture in sRGB.
    """

    data: bytes
    preview: bytes
    mime: str
    extension: str
    width: int
    height: int
    subject: Box | None


def render(sources: Sources, recipe: Recipe, limits: Limits = DEFAULT_LIMITS) -> Rendered:
    """Raises EngineError, with a sentence for people."""
    layers = compose(sources, recipe, limits)
    kind = recipe.output.format
    data = sources.cutout_file() if recipe.is_plain else output.write(layers, recipe.output)
    return Rendered(
        data=data,
        preview=encode_preview(layers.merged(), _PREVIEW_SIDE, layers.icc),
        mime=output.mime(kind),
        extension=output.extension(kind),
        width=layers.size[0],
        height=layers.size[1],
        subject=layers.box,
    )


def compose(sources: Sources, recipe: Recipe, limits: Limits = DEFAULT_LIMITS) -> Layers:
    """The layers of the finished picture, each in its frame."""
    cutout, icc = subject.marked(sources, recipe.marks), sources.icc
    if icc is not None and recipe.output.colours is Colours.SRGB:
        cutout, icc = _in_srgb(cutout, icc), None
    cutout = warp.turned(cutout, recipe.place)
    box = visible(cutout)
    layout = place.layout(recipe.place, place.shown(recipe.place, cutout.size, box, box), limits)
    dpi = recipe.output.dpi
    return Layers(
        subject=warp.framed(_cut(cutout, recipe), layout),
        ground=grounds.draw(recipe.ground, layout, sources, icc),
        icc=icc,
        dpi=(dpi, dpi) if dpi else sources.dpi,
    )


def _cut(cutout: Image.Image, recipe: Recipe) -> Image.Image:
    """Without what lies outside of a crop that somebody has drawn, wherever the frame has room for it."""
    crop = recipe.place.crop
    if not isinstance(crop, Box):
        return cutout
    cut, box = Image.new("RGBA", cutout.size), (crop.left, crop.top, crop.right, crop.bottom)
    cut.paste(cutout.crop(box), box[:2])
    return cut


def _in_srgb(cutout: Image.Image, icc: bytes) -> Image.Image:
    converted = to_srgb(cutout.convert("RGB"), icc)
    converted.putalpha(cutout.getchannel("A"))
    return converted


def at_once(recipe: Recipe, kind: Kind) -> Recipe:
    """The same edit as another kind of file."""
    return replace(recipe, output=replace(recipe.output, format=kind))
