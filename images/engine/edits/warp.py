"""Pictures turned, and taken into a frame."""

import math

import cv2
import numpy as np
from PIL import Image

from images.engine.edits.parts import Flip, Place
from images.engine.edits.place import Layout
from images.engine.tiles import Bytes

Edges = tuple[int, int, int, int]

# Lanczos leaves a faint ring around the subject, which on white would be grey.
_FILTER = Image.Resampling.BICUBIC
_FLIPS = {
    Flip.HORIZONTAL: Image.Transpose.FLIP_LEFT_RIGHT,
    Flip.VERTICAL: Image.Transpose.FLIP_TOP_BOTTOM,
    Flip.BOTH: Image.Transpose.ROTATE_180,
}


def turned(image: Image.Image, place: Place) -> Image.Image:
    """Flipped and turned: RGBA with transparent corners, RGB with corners that mirror what is beside them."""
    if place.flip is not Flip.NONE:
        image = image.transpose(_FLIPS[place.flip])
    return _rotated(image, float(place.rotate)) if place.rotate % 360 else image


def turned_size(size: tuple[int, int], place: Place) -> tuple[int, int]:
    if not place.rotate % 360:
        return size
    _, width, height = _rotation(size, float(place.rotate))
    return width, height


def _rotation(size: tuple[int, int], degrees: float) -> tuple[np.ndarray, int, int]:
    """What OpenCV needs, and the size of the frame that holds all of the turned picture."""
    width, height = size
    angle = math.radians(degrees)
    cos, sin = round(abs(math.cos(angle)), 9), round(abs(math.sin(angle)), 9)
    frame_width, frame_height = math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)
    # OpenCV counts from the middle of the first pixel, and degrees against the clock.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    matrix[0, 2] += (frame_width - width) / 2
    matrix[1, 2] += (frame_height - height) / 2
    return matrix, frame_width, frame_height


def _rotated(image: Image.Image, degrees: float) -> Image.Image:
    matrix, width, height = _rotation(image.size, degrees)
    is_soft = image.mode == "RGBA"
    # Multiplied by alpha for the moment, else hidden colours would bleed in.
    pixels = np.asarray(image.convert("RGBa") if is_soft else image)
    border = cv2.BORDER_CONSTANT if is_soft else cv2.BORDER_REFLECT
    result = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=border)
    if not is_soft:
        return Image.fromarray(np.asarray(result, np.uint8))
    np.minimum(result[..., :3], result[..., 3:], out=result[..., :3])
    return _image(np.asarray(result, np.uint8), "RGBa").convert("RGBA")


def _image(pixels: Bytes, mode: str) -> Image.Image:
    return Image.frombuffer(mode, (pixels.shape[1], pixels.shape[0]), pixels.tobytes(), "raw", mode, 0, 1)


def framed(image: Image.Image, layout: Layout) -> Image.Image:
    """RGBA or L in its frame; transparent or black around it."""
    if layout.is_exact:
        left, top = -int(layout.left), -int(layout.top)
        if (left, top, *layout.size) == (0, 0, *image.size):
            return image
        return image.crop((left, top, left + layout.width, top + layout.height))
    frame = Image.new(image.mode, layout.size)
    target = _target(image.size, layout)
    if target is None:
        return frame
    part = _part(target, image.size, layout)
    resampled = image.resize((target[2] - target[0], target[3] - target[1]), _FILTER, part)
    frame.paste(resampled, target[:2])
    return frame


def _target(size: tuple[int, int], layout: Layout) -> Edges | None:
    """The pixels of the frame that the picture takes up."""
    left, top = max(round(layout.left), 0), max(round(layout.top), 0)
    right = min(round(layout.left + size[0] * layout.scale), layout.width)
    bottom = min(round(layout.top + size[1] * layout.scale), layout.height)
    return (left, top, right, bottom) if right > left and bottom > top else None


def _part(target: Edges, size: tuple[int, int], layout: Layout) -> tuple[float, float, float, float]:
    """Where they come from. Never from beyond the picture: its edge would become half transparent."""
    left, top, right, bottom = target
    return (
        max((left - layout.left) / layout.scale, 0.0),
        max((top - layout.top) / layout.scale, 0.0),
        min((right - layout.left) / layout.scale, float(size[0])),
        min((bottom - layout.top) / layout.scale, float(size[1])),
    )
