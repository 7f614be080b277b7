"""What takes the place of the background: drawn in the finished frame, in the colours of the cut-out."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.codecs.colour import converted, from_srgb
from images.engine.edits import own, warp
from images.engine.edits.parts import (
    Colour,
    Fit,
    Gradient,
    Ground,
    Picture,
    Place,
    Shape,
    Transparent,
)
from images.engine.edits.place import Layout
from images.engine.edits.sources import Sources
from images.engine.options import Rgb
from images.engine.photo import Photo
from images.engine.tiles import Floats, as_floats, for_each

_STRIP_ROWS = 64


def draw(
    ground: Ground, place: Place, layout: Layout, sources: Sources, icc: bytes | None
) -> Image.Image | Rgb | None:
    """RGB of the frame's size, or one colour; None where it stays transparent."""
    if isinstance(ground, Transparent):
        return None
    if isinstance(ground, Colour):
        return from_srgb(ground.colour, icc)
    if isinstance(ground, Gradient):
        return _gradient(ground, layout.size, icc)
    if isinstance(ground, Picture):
        return _picture(ground, layout.size, sources.picture, icc)
    photo = own.background(ground, sources)
    return warp.filled(warp.turned(converted(photo, sources.photo.icc, icc), place), layout)


def _gradient(ground: Gradient, size: tuple[int, int], icc: bytes | None) -> Image.Image:
    """As a browser draws it, with half a level of ordered noise, so that no bands can be seen."""
    width, height = size
    picture = Image.new("RGB", size)
    ends = list(zip(from_srgb(ground.start, icc), from_srgb(ground.end, icc), strict=True))
    across = np.arange(width, dtype=np.float32) + 0.5 - width / 2
    noise = _noise()

    def fill(top: int) -> None:
        rows = np.arange(top, min(top + _STRIP_ROWS, height), dtype=np.float32) + 0.5 - height / 2
        share = np.clip(_share(ground, size, across, rows), 0, 1)
        grain = np.resize(noise, (len(rows), noise.shape[1]))
        grain = np.tile(grain, (1, -(-width // noise.shape[1])))[:, :width]
        # Band by band: NumPy takes three times as long over arrays whose last side is three.
        bands = [(start + (end - start) * share + grain).astype(np.uint8) for start, end in ends]
        picture.paste(Image.fromarray(np.dstack(bands)), (0, top))

    for_each(fill, range(0, height, _STRIP_ROWS))
    return picture


def _share(ground: Gradient, size: tuple[int, int], across: Floats, rows: Floats) -> Floats:
    """How far from start to end, (H, W); `across` and `rows` are counted from the middle."""
    width, height = size
    if ground.shape is Shape.RADIAL:
        return as_floats(np.hypot(across[None, :], rows[:, None]) / (math.hypot(width, height) / 2))
    angle = math.radians(float(ground.angle))
    towards = math.sin(angle), -math.cos(angle)
    length = abs(width * towards[0]) + abs(height * towards[1])
    return as_floats(0.5 + (across[None, :] * towards[0] + rows[:, None] * towards[1]) / length)


def _noise() -> Floats:
    """A Bayer matrix (8, 8) of thresholds from 0 to 1."""
    matrix: NDArray[np.float64] = np.zeros((1, 1))
    for _ in range(3):
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    return as_floats((matrix + 0.5) / 64)


def _picture(ground: Picture, size: tuple[int, int], picture: Photo, icc: bytes | None) -> Image.Image:
    """Cut off to fill the frame, or whole with bars."""
    scales = size[0] / picture.size[0], size[1] / picture.size[1]
    scale = max(scales) if ground.fit is Fit.FILL else min(scales)
    left = (size[0] - picture.size[0] * scale) * float(ground.x)
    top = (size[1] - picture.size[1] * scale) * float(ground.y)
    layout = Layout(*size, scale, left, top)
    colours = converted(picture.rgb, picture.icc, icc)
    if picture.alpha is None and ground.fit is Fit.FILL:
        return warp.filled(colours, layout)
    colours.putalpha(picture.alpha or Image.new("L", colours.size, 255))
    frame, placed = Image.new("RGB", size, from_srgb(ground.colour, icc)), warp.framed(colours, layout)
    frame.paste(placed, mask=placed.getchannel("A"))
    return frame
