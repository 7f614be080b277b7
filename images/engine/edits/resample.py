"""Enlarges, reduces and turns pictures whose colours are not multiplied by alpha.

A filter rings at the edge of a subject, in alpha as in colour multiplied by it. Eight bits cut the one off at
white and not the other, and leave a bright rim; so both keep their overshoot until colour has been divided by
alpha again: in floats where sizes change, in 16 bits with room above where pictures are turned.
"""

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.tiles import Bytes, Floats, for_each

Part = tuple[float, float, float, float]  # left, top, right, bottom, in fractions of pixels

# Lanczos leaves a faint ring around the subject, which on white would be grey.
_FILTER = Image.Resampling.BICUBIC
_SUPPORT = 2.0
_SOURCE_ROWS = 512
_FAINT = 0.5  # of 255: there is no colour to be had from less
_REACH = 4
_UNIT = 128  # one level of alpha, in 16 bits: twice as many levels fit in


def resized(image: Image.Image, size: tuple[int, int], part: Part) -> Image.Image:
    """RGBA or RGB: a part of a picture in another size."""
    if image.mode != "RGBA":
        return image.resize(size, _FILTER, part)
    result, scale = Image.new("RGBA", size), (part[3] - part[1]) / size[1]
    rows = max(8, int(_SOURCE_ROWS / max(scale, 1.0)))

    def make(top: int) -> None:
        bottom = min(top + rows, size[1])
        strip = (part[0], part[1] + top * scale, part[2], min(part[1] + bottom * scale, image.height))
        result.paste(_strip(image, (size[0], bottom - top), strip, scale), (0, top))

    for_each(make, range(0, size[1], rows))
    return result


def _strip(image: Image.Image, size: tuple[int, int], part: Part, scale: float) -> Image.Image:
    """Part of the picture, which the filter sees with as many rows around as it looks at."""
    reach = math.ceil(_SUPPORT * max(scale, 1.0)) + 1
    top, bottom = max(int(part[1]) - reach, 0), min(math.ceil(part[3]) + reach, image.height)
    source = image.crop((0, top, image.width, bottom))
    within = (part[0], part[1] - top, part[2], min(part[3] - top, source.height))
    lowest, highest = source.getchannel("A").getextrema()
    if highest == 0:
        return Image.new("RGBA", size)
    if lowest == 255:
        return source.convert("RGB").resize(size, _FILTER, within).convert("RGBA")
    return Image.fromarray(_unmultiplied(*_multiplied(source, size, within)))


def _multiplied(source: Image.Image, size: tuple[int, int], within: Part) -> tuple[Floats, Floats]:
    """Colour times alpha (H, W, 3), and alpha (H, W), with their overshoot."""
    pixels = np.asarray(source)
    alpha = pixels[..., 3].astype(np.float32)
    share = alpha * np.float32(1 / 255)
    colours = np.empty((size[1], size[0], 3), np.float32)
    for band in range(3):
        plane = Image.fromarray(pixels[..., band] * share)
        colours[..., band] = np.asarray(plane.resize(size, _FILTER, within))
    return colours, np.asarray(Image.fromarray(alpha).resize(size, _FILTER, within), np.float32)


def _unmultiplied(colours: Floats, alpha: Floats) -> Bytes:
    """uint8 (H, W, 4); zero where nothing is visible."""
    pixels = np.zeros((*alpha.shape, 4), np.uint8)
    is_seen = alpha >= _FAINT
    own = colours * (255 / np.maximum(alpha, _FAINT))[..., None]
    pixels[..., :3] = np.rint(np.clip(own, 0, 255)) * is_seen[..., None]
    pixels[..., 3] = np.rint(np.clip(alpha, 0, 255))
    return pixels


def turn(size: tuple[int, int], degrees: float) -> tuple[NDArray[np.float64], int, int]:
    """Clockwise: the matrix that OpenCV needs, and the size of the frame that holds all of the picture."""
    width, height = size
    angle = math.radians(degrees)
    cos, sin = round(abs(math.cos(angle)), 9), round(abs(math.sin(angle)), 9)
    frame_width, frame_height = math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)
    # OpenCV counts from the middle of the first pixel, and degrees against the clock.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    matrix[0, 2] += (frame_width - width) / 2
    matrix[1, 2] += (frame_height - height) / 2
    return np.asarray(matrix, np.float64), frame_width, frame_height


def rotated(image: Image.Image, degrees: float) -> Image.Image:
    """RGBA with transparent corners, L with black ones, RGB with corners that mirror what is beside them."""
    matrix, width, height = turn(image.size, degrees)
    if image.mode != "RGBA":
        border = cv2.BORDER_CONSTANT if image.mode == "L" else cv2.BORDER_REFLECT
        turned = _warped(np.asarray(image), matrix, (width, height), border)
        return Image.fromarray(np.asarray(turned, np.uint8))
    frame, box = Image.new("RGBA", (width, height)), image.getchannel("A").getbbox()
    if box is None:
        return frame
    # Only what is visible is turned, into the part of the frame that it can reach.
    corners = matrix @ np.array([[x, y, 1] for x in (box[0], box[2]) for y in (box[1], box[3])]).T
    left, top = (max(int(edge) - _REACH, 0) for edge in np.floor(corners.min(1)))
    right, bottom = (int(edge) + _REACH for edge in np.ceil(corners.max(1)))
    matrix[:, 2] += matrix[:, :2] @ box[:2] - (left, top)
    size = (min(right, width) - left, min(bottom, height) - top)
    deep = _warped(_deepened(np.asarray(image.crop(box))), matrix, size, cv2.BORDER_CONSTANT)
    frame.paste(Image.fromarray(_levels(deep)), (left, top))
    return frame


def _deepened(pixels: Bytes) -> NDArray[np.uint16]:
    """Colour times alpha, and alpha, in 16 bits with room above."""
    alpha = pixels[..., 3:].astype(np.uint16)
    deep = np.empty(pixels.shape, np.uint16)
    deep[..., 3:] = alpha * _UNIT
    # Times 128 / 255, which is 1 / 2 + 1 / 512, without more than 16 bits on the way.
    product = pixels[..., :3] * alpha
    deep[..., :3] = product // 2 + product // 512
    return deep


def _warped(
    pixels: NDArray[np.uint8] | NDArray[np.uint16],
    matrix: NDArray[np.float64],
    size: tuple[int, int],
    border: int,
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    warped = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=border)
    return cast("NDArray[np.uint8] | NDArray[np.uint16]", warped)


def _levels(deep: NDArray[np.uint8] | NDArray[np.uint16]) -> Bytes:
    """From 16 bits with room above, in strips, to uint8 (H, W, 4)."""
    pixels = np.empty(deep.shape, np.uint8)

    def make(top: int) -> None:
        strip = deep[top : top + _SOURCE_ROWS].astype(np.float32) / np.float32(_UNIT)
        pixels[top : top + _SOURCE_ROWS] = _unmultiplied(strip[..., :3], strip[..., 3])

    for_each(make, range(0, len(deep), _SOURCE_ROWS))
    return pixels
