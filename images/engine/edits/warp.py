"""Pictures turned, and taken into a frame."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.edits import resample
from images.engine.edits.parts import Flip, Place
from images.engine.edits.place import Layout, check_size
from images.engine.options import Limits

Edges = tuple[int, int, int, int]

_FLIPS = {
    Flip.HORIZONTAL: Image.Transpose.FLIP_LEFT_RIGHT,
    Flip.VERTICAL: Image.Transpose.FLIP_TOP_BOTTOM,
    Flip.BOTH: Image.Transpose.ROTATE_180,
}
# How many times the limit a picture may take up on its way into the frame, with its corners: as much as one
# of it does at any angle, unless it is a strip.
_ON_THE_WAY = 2.5
# These need no filter. Pillow turns against the clock.
_QUARTERS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def turned(image: Image.Image, place: Place) -> Image.Image:
    """Flipped and turned: RGBA with transparent corners, L (alpha alone) with black ones, RGB with corners
    that mirror what is beside them."""
    if place.flip is not Flip.NONE:
        image = image.transpose(_FLIPS[place.flip])
    degrees = place.rotate % 360
    if degrees in _QUARTERS:
        return image.transpose(_QUARTERS[int(degrees)])
    return resample.rotated(image, float(place.rotate)) if degrees else image


def turned_size(size: tuple[int, int], place: Place) -> tuple[int, int]:
    """How large a picture of this size is then."""
    degrees = place.rotate % 360
    if degrees % 180 == 0:
        return size
    if degrees in _QUARTERS:
        return size[1], size[0]
    _, width, height = resample.turn(size, float(place.rotate))
    return width, height


def check_turned(size: tuple[int, int], place: Place, limits: Limits) -> None:
    """Before memory is taken: a strip that is turned by half a quarter is many times its size. Raises
    ImageTooLarge."""
    if place.rotate % 90 == 0:
        return
    width, height = turned_size(size, place)
    if width * height > _ON_THE_WAY * limits.max_pixels:
        check_size(width, height, limits)


def is_upright(place: Place) -> bool:
    return place.flip is Flip.NONE and place.rotate % 360 == 0


def framed_exactly(pixels: NDArray[np.uint16], layout: Layout) -> NDArray[np.uint16]:
    """(H, W, 3) in a frame in which no pixel is changed; zero around it."""
    frame = np.zeros((layout.height, layout.width, 3), np.uint16)
    left, top = int(layout.left), int(layout.top)
    seen = pixels[max(-top, 0) :, max(-left, 0) :][
        : layout.height - max(top, 0), : layout.width - max(left, 0)
    ]
    frame[max(top, 0) :, max(left, 0) :][: seen.shape[0], : seen.shape[1]] = seen
    return frame


def framed(image: Image.Image, layout: Layout) -> Image.Image:
    """RGBA in its frame, transparent around it; or RGB, black around it."""
    if layout.is_exact:
        left, top = -int(layout.left), -int(layout.top)
        if (left, top, *layout.size) == (0, 0, *image.size):
            return image
        return image.crop((left, top, left + layout.width, top + layout.height))
    frame, target = Image.new(image.mode, layout.size), _target(image.size, layout)
    if target is not None:
        size = (target[2] - target[0], target[3] - target[1])
        frame.paste(resample.resized(image, size, _part(target, image.size, layout)), target[:2])
    return frame


def filled(image: Image.Image, layout: Layout) -> Image.Image:
    """RGB in its frame; around it, its own mirror image."""
    frame, target = framed(image, layout), _target(image.size, layout)
    if target is None or target == (0, 0, *layout.size):
        return frame
    left, top, right, bottom = target
    seen = np.asarray(frame.crop(target))
    sides = (top, layout.height - bottom, left, layout.width - right)
    return Image.fromarray(np.asarray(cv2.copyMakeBorder(seen, *sides, cv2.BORDER_REFLECT), np.uint8))


def _target(size: tuple[int, int], layout: Layout) -> Edges | None:
    """The pixels of the frame that the picture takes up."""
    left, top = max(round(layout.left), 0), max(round(layout.top), 0)
    right = min(round(layout.left + size[0] * layout.scale), layout.width)
    bottom = min(round(layout.top + size[1] * layout.scale), layout.height)
    return (left, top, right, bottom) if right > left and bottom > top else None


def _part(target: Edges, size: tuple[int, int], layout: Layout) -> resample.Part:
    """Where they come from. Never from beyond the picture: its edge would become half transparent."""
    left, top, right, bottom = target
    return (
        max((left - layout.left) / layout.scale, 0.0),
        max((top - layout.top) / layout.scale, 0.0),
        min((right - layout.left) / layout.scale, float(size[0])),
        min((bottom - layout.top) / layout.scale, float(size[1])),
    )
