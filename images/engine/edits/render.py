"""An edit carried out: subject, place, ground, what lies between, output."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine import memory
from images.engine.codecs.colour import converted, to_srgb
from images.engine.codecs.encode import encode_preview
from images.engine.edits import effects, grounds, output, place, subject, warp
from images.engine.edits.check import Facts, measure
from images.engine.edits.layers import Layers, visible
from images.engine.edits.parts import OF_THE_PHOTO, Box, Colour, Colours, Kind, Transparent
from images.engine.edits.recipe import Recipe
from images.engine.edits.sources import Sources
from images.engine.options import DEFAULT_LIMITS, Limits

_PREVIEW_SIDE = 1280


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file. `subject` is the box of what is visible of the subject in it; None where nothing is.

    `preview` is a small WebP of the same picture in sRGB; `facts` is what was measured in the file, None
    where it is no single picture.
    """

    data: bytes
    preview: bytes
    mime: str
    extension: str
    width: int
    height: int
    subject: Box | None
    facts: Facts | None


def render(sources: Sources, recipe: Recipe, limits: Limits = DEFAULT_LIMITS) -> Rendered:
    """Raises EngineError, with a sentence for people."""
    output.check(recipe.output, sources)
    layers, kind = output.grounded(compose(sources, recipe, limits), recipe.output), recipe.output.format
    sources.let_go()
    memory.give_back()
    (width, height), subject = layers.size, layers.box  # now: it takes memory that later nobody has
    picture = layers.merged()
    preview = encode_preview(picture, _PREVIEW_SIDE, layers.icc)
    memory.give_back()
    file = _file(sources, recipe, layers, picture)
    facts = measure(file, kind, layers)
    del layers, picture  # a layered file is as large as they are: never both at once
    return Rendered(
        data=_read(file),
        preview=preview,
        mime=output.mime(kind),
        extension=output.extension(kind),
        width=width,
        height=height,
        subject=subject,
        facts=facts,
    )


def _file(sources: Sources, recipe: Recipe, layers: Layers, picture: Image.Image) -> BinaryIO:
    if recipe.is_plain:
        return BytesIO(sources.cutout_file())
    return output.write(layers, picture, recipe.output, sources)


def _read(file: BinaryIO) -> bytes:
    with file:
        return file.read()


def compose(sources: Sources, recipe: Recipe, limits: Limits = DEFAULT_LIMITS) -> Layers:
    """The layers of the finished picture, each in its frame."""
    is_light = isinstance(recipe.ground, Transparent | Colour)  # a picture takes the room in memory
    with _photo_beside(sources, recipe, is_light and not recipe.marks):
        found = _placed(sources, recipe, limits)
    return _composed(sources, recipe, *found)


@contextmanager
def _photo_beside(sources: Sources, recipe: Recipe, can_wait: bool) -> Iterator[None]:
    """Decode the photo meanwhile, where it becomes a layer and nobody asks for it now."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        if can_wait and recipe.output.format is Kind.PSD:
            pool.submit(lambda: sources.photo)
        yield


def compose_small(sources: Sources, recipe: Recipe, layout: place.Layout) -> Layers:
    """The same in a frame of which `layout` says where it lies in sources that are reduced already; only
    the recipe's drawn crop is counted in their own pixels."""
    cutout, icc = _turned(sources, recipe)
    return _composed(sources, recipe, warp.framed(_cut(cutout, recipe), layout), layout, icc)


def _composed(
    sources: Sources, recipe: Recipe, placed: Image.Image, layout: place.Layout, icc: bytes | None
) -> Layers:
    shadow, outline = effects.draw(recipe, placed, layout.unit, icc)
    with _photo_beside(sources, recipe, not isinstance(recipe.ground, OF_THE_PHOTO)):
        ground = grounds.draw(recipe.ground, recipe.place, layout, sources, icc)
    dpi = recipe.output.dpi
    sources.let_go("cutout")  # before the original beside it
    return Layers(
        subject=placed,
        shadow=shadow,
        outline=outline,
        ground=ground,
        icc=icc,
        dpi=(dpi, dpi) if dpi else sources.dpi,
        original=_original(sources, recipe, layout, icc),
        deep=_deep(sources, recipe, layout),
    )


def _placed(
    sources: Sources, recipe: Recipe, limits: Limits
) -> tuple[Image.Image, place.Layout, bytes | None]:
    """The subject in its frame, and the profile of its colours."""
    warp.check_turned(sources.size, recipe.place, limits)
    cutout, icc = _turned(sources, recipe)
    layout = layout_of(recipe, cutout, limits)
    return warp.framed(_cut(cutout, recipe), layout), layout, icc


def _turned(sources: Sources, recipe: Recipe) -> tuple[Image.Image, bytes | None]:
    cutout, icc = subject.marked(sources, recipe.marks), sources.icc
    if icc is not None and recipe.output.colours is Colours.SRGB:
        cutout, icc = _in_srgb(cutout, icc), None
    return warp.turned(cutout, recipe.place), icc


def layout_of(recipe: Recipe, turned: Image.Image, limits: Limits = DEFAULT_LIMITS) -> place.Layout:
    """The finished frame, of an RGBA cut-out that is turned already, or of its alpha alone."""
    return place.layout(recipe.place, _shown(recipe, turned.size, visible(turned)), limits)


def _original(
    sources: Sources, recipe: Recipe, layout: place.Layout, icc: bytes | None
) -> Image.Image | None:
    if recipe.output.format is not Kind.PSD:
        return None
    photo = sources.photo
    return warp.framed(warp.turned(converted(photo.rgb, photo.icc, icc), recipe.place), layout)


def _deep(sources: Sources, recipe: Recipe, layout: place.Layout) -> NDArray[np.uint16] | None:
    """Only where no pixel has been changed on its way into the frame."""
    is_own = layout.is_exact and not recipe.marks and warp.is_upright(recipe.place)
    is_kept = recipe.output.colours is Colours.KEEP or sources.icc is None
    if recipe.output.bits != 16 or not is_own or not is_kept:
        return None
    deep = sources.deep
    return None if deep is None else warp.framed_exactly(deep, layout)


def _shown(recipe: Recipe, size: tuple[int, int], subject: Box | None) -> Box:
    """What the frame is laid around. A background that is the photo's own ends where the photo ends, and
    no shadow makes more of it.
    """
    grown = effects.reach(recipe, subject) if subject else None
    if grown and isinstance(recipe.ground, OF_THE_PHOTO):
        grown = place.within(grown, size)
    return place.shown(recipe.place, size, grown)


def _cut(cutout: Image.Image, recipe: Recipe) -> Image.Image:
    """Without what lies outside of a crop that somebody has drawn, wherever the frame has room for it."""
    if not isinstance(recipe.place.crop, Box):
        return cutout
    # Within the picture: around it there would be as much memory as a recipe has digits.
    crop = place.within(recipe.place.crop, cutout.size)
    cut, box = Image.new("RGBA", cutout.size), (crop.left, crop.top, crop.right, crop.bottom)
    cut.paste(cutout.crop(box), box[:2])
    return cut


def _in_srgb(cutout: Image.Image, icc: bytes) -> Image.Image:
    converted = to_srgb(cutout.convert("RGB"), icc)
    converted.putalpha(cutout.getchannel("A"))
    return converted
