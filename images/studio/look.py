"""What an edit will look like, at the size of a screen: the engine itself, on a reduced photo.

The frame is laid out around the photo as it is, and only then reduced: whoever lays it out around a reduced
one is off by fractions of a pixel, which on hair or cloth is another picture (an SSIM of .87 was measured).
"""

import math
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from PIL import Image

from images.engine.codecs.decode import decode
from images.engine.codecs.encode import encode_faithfully
from images.engine.edits import output, sheets
from images.engine.edits.parts import OF_THE_PHOTO, Box, Colours, Crop, Kind, Output, Place
from images.engine.edits.recipe import Recipe
from images.engine.edits.render import compose_small, layout_of
from images.engine.edits.sources import Read, Sources
from images.engine.edits.warp import check_turned, turned
from images.engine.options import DEFAULT_LIMITS, Limits
from images.engine.photo import Photo
from images.engine.tiles import Bytes, squares
from images.studio.reading import Sheets

SIDE = 1024
# While it is worked on, the longest side of the frame is from so long to twice as long: on the way down half
# a pixel of difference becomes a quarter. That of the photo is less than twice _MOST.
_WORK, _MOST = 1536, 3000


@dataclass(frozen=True, slots=True)
class Pictures:
    """Read when a ground asks for them: a small picture of the photo as it was sent, since the squares show
    the subject's own colours at its edges, and a background picture of one's own.
    """

    original: Read
    ground: Read


def look(
    base: Sheets, alpha: Bytes, recipe: Recipe, pictures: Pictures, limits: Limits = DEFAULT_LIMITS
) -> tuple[bytes, str]:
    """What the recipe makes of the squares with this alpha, uint8 (H, W): a file, and its MIME type. Raises
    EngineError."""
    check_turned(base.index.size, recipe.place, limits)
    (alpha,) = base.delivered(alpha)
    whole = layout_of(recipe, turned(Image.fromarray(alpha), recipe.place), limits)
    share = 1 / _halves(max(whole.size) / _WORK)
    # As large as it will lie in the frame, and never so large that fifty megapixels are decoded for a look.
    reduced = _halves(max(1 / (whole.scale * share), max(base.index.size) / _MOST))
    reduced = min(reduced, 1 << (len(base.index.levels) - 1))  # there are no smaller squares
    cutout, photo = _reduced(base, alpha, reduced)
    if isinstance(recipe.ground, OF_THE_PHOTO):
        photo = _as_it_was_sent(photo, base, pictures.original)
    sources = _decoded(cutout, photo, pictures.ground)
    layers = compose_small(sources, _shrunk(recipe, reduced), whole.shrunk(share, reduced))
    return encode_faithfully(output.grounded(layers, recipe.output).merged(), SIDE)


def _halves(factor: float) -> int:
    """The power of two below: the squares are there in these sizes, and what is only halved stays sharp."""
    return 1 << max(0, math.floor(math.log2(factor)))


def _reduced(base: Sheets, alpha: Bytes, factor: int) -> tuple[Image.Image, Photo]:
    """The cut-out and its photo, so many times smaller."""
    colours = _colours(base, factor.bit_length() - 1)
    cutout = colours.copy()
    cutout.putalpha(Image.fromarray(alpha).reduce(factor))
    return cutout, Photo(colours)


def _as_it_was_sent(photo: Photo, base: Sheets, original: Read) -> Photo:
    """The squares are sharper than a small picture: only where the network's edge is soft they have colours
    that the photo has not."""
    alpha = sheets.unpacked_alpha(base.alpha(), base.index.size)
    is_soft = Image.fromarray(((alpha > 0) & (alpha < 255)).astype(np.uint8) * np.uint8(255))
    where = is_soft.resize(photo.size, Image.Resampling.BOX).point([0] + [255] * 255)
    small = decode(original()).rgb.resize(photo.size, Image.Resampling.BICUBIC)
    return Photo(Image.composite(small, photo.rgb, where))


def _decoded(cutout: Image.Image, photo: Photo, ground: Read) -> Sources:
    """Sources that have been read already: reduced, and in sRGB."""
    sources = Sources(_nothing, _nothing, ground)
    vars(sources).update(_head=cutout, cutout=cutout, photo=photo)
    return sources


def _nothing() -> bytes:
    return b""


def _colours(base: Sheets, level: int) -> Image.Image:
    """RGB, put together from the squares of a level."""
    width, height, _ = base.index.levels[level]
    picture = Image.new("RGB", (width, height))
    for number, box in enumerate(squares((width, height), sheets.SIDE)):
        square = Image.open(BytesIO(base.square(level, number)), formats=("JPEG",))
        picture.paste(square, box[:2])
    return picture


def _shrunk(recipe: Recipe, factor: float) -> Recipe:
    """The same edit of a photo that is so many times smaller; its marks are done already, and its frame is
    laid out."""
    place = replace(recipe.place, crop=_crop(recipe.place, factor))
    return replace(recipe, marks=(), place=place, output=Output(Kind.PNG, colours=Colours.SRGB))


def _crop(place: Place, factor: float) -> Box | Crop:
    crop = place.crop
    if not isinstance(crop, Box):
        return crop
    return Box(
        int(crop.left / factor),
        int(crop.top / factor),
        math.ceil(crop.right / factor),
        math.ceil(crop.bottom / factor),
    )
