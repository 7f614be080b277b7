"""What an edit will look like, at the size of a screen: the engine itself, on a reduced photo."""

from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image

from images.engine.codecs.decode import decode
from images.engine.codecs.encode import encode_preview
from images.engine.edits.parts import (
    OF_THE_PHOTO,
    Box,
    Canvas,
    Colours,
    Drop,
    Kind,
    Margins,
    Outline,
    Output,
    Place,
    Shadow,
    Unit,
)
from images.engine.edits.recipe import Recipe
from images.engine.edits.render import compose, layout_of
from images.engine.edits.sources import Read, Sources
from images.engine.edits.warp import turned
from images.engine.options import DEFAULT_LIMITS, Limits
from images.engine.photo import Photo
from images.engine.tiles import Bytes
from images.studio.reading import Sheets

SIDE = 1024
# Worked out larger than it is shown: on the way down half a pixel of difference becomes a quarter.
_WORK = 2048


@dataclass(frozen=True, slots=True)
class Pictures:
    """Read when a ground asks for them: a small picture of the photo as it was sent, since the squares show
    the subject's own colours at its edges, and a background picture of one's own.
    """

    original: Read
    ground: Read


def look(
    base: Sheets, alpha: Bytes, recipe: Recipe, pictures: Pictures, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """A WebP of what the recipe makes of the squares with this alpha, uint8 (H, W). Raises EngineError."""
    factor = max(1.0, max(base.index.size) / _WORK)
    cutout, photo = _reduced(base, alpha, factor)
    frame = layout_of(shrunk(recipe, factor), turned(cutout, recipe.place), limits).size
    if max(frame) > _WORK:
        factor *= max(frame) / _WORK
        cutout, photo = _reduced(base, alpha, factor)
    if isinstance(recipe.ground, OF_THE_PHOTO):
        photo = Photo(decode(pictures.original()).rgb.resize(cutout.size, Image.Resampling.BICUBIC))
    layers = compose(_decoded(cutout, photo, pictures.ground), shrunk(recipe, factor), limits)
    return encode_preview(layers.merged(), SIDE, None)


def _reduced(base: Sheets, alpha: Bytes, factor: float) -> tuple[Image.Image, Photo]:
    """The cut-out and its photo, so many times smaller."""
    width, height = (max(1, round(side / factor)) for side in base.index.size)
    colours = _colours(base, (width, height))
    cutout = colours.copy()
    cutout.putalpha(Image.fromarray(alpha).resize(colours.size, Image.Resampling.BOX))
    return cutout, Photo(colours)


def _decoded(cutout: Image.Image, photo: Photo, ground: Read) -> Sources:
    """Sources that have been read already: reduced, and in sRGB."""
    sources = Sources(_nothing, _nothing, ground)
    vars(sources).update(_head=cutout, cutout=cutout, photo=photo)
    return sources


def _nothing() -> bytes:
    return b""


def _colours(base: Sheets, size: tuple[int, int]) -> Image.Image:
    """RGB, from the smallest level that is large enough."""
    levels = base.index.levels
    number = max([0, *(i for i, (width, _, _) in enumerate(levels) if width >= size[0])])
    width, height, offsets = levels[number]
    picture, side = Image.new("RGB", (width, height)), 512
    columns = -(-width // side)
    for i in range(len(offsets) - 1):
        square = Image.open(BytesIO(base.square(number, i)), formats=("JPEG",))
        picture.paste(square, (i % columns * side, i // columns * side))
    return picture if picture.size == size else picture.resize(size, Image.Resampling.BOX)


def shrunk(recipe: Recipe, factor: float) -> Recipe:
    """The same edit of a photo that is so many times smaller; its marks are done already."""
    return replace(
        recipe,
        marks=(),
        place=_place(recipe.place, factor),
        shadow=_shadow(recipe.shadow, factor),
        outline=_outline(recipe.outline, factor),
        output=Output(Kind.PNG, colours=Colours.SRGB),
    )


def _shadow(shadow: Shadow | None, factor: float) -> Shadow | None:
    if shadow is None or shadow.unit is not Unit.PIXELS:
        return shadow
    softness = shadow.softness / factor
    if isinstance(shadow, Drop):
        return replace(shadow, distance=shadow.distance / factor, softness=softness)
    return replace(shadow, height=shadow.height / factor, softness=softness)


def _outline(outline: Outline | None, factor: float) -> Outline | None:
    if outline is None or outline.unit is not Unit.PIXELS:
        return outline
    return replace(outline, width=outline.width / factor)


def _place(place: Place, factor: float) -> Place:
    crop, canvas, margins = place.crop, place.canvas, place.margins
    if isinstance(crop, Box):
        crop = _smaller_box(crop, factor)
    if canvas is not None:
        width, height, longest = (
            _smaller(side, factor) for side in (canvas.width, canvas.height, canvas.longest)
        )
        canvas = Canvas(width, height, longest, canvas.ratio)
    if margins.unit is Unit.PIXELS:
        around = (margins.top, margins.right, margins.bottom, margins.left)
        top, right, bottom, left = (side / factor for side in around)
        margins = Margins(top, right, bottom, left, Unit.PIXELS)
    return replace(place, crop=crop, canvas=canvas, margins=margins)


def _smaller(side: int | None, factor: float) -> int | None:
    return None if side is None else max(1, round(side / factor))


def _smaller_box(box: Box, factor: float) -> Box:
    left, top, right, bottom = (round(edge / factor) for edge in (box.left, box.top, box.right, box.bottom))
    return Box(left, top, max(right, left + 1), max(bottom, top + 1))
