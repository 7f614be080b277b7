"""Work on the parts of a picture that need it, a few at a time, so that memory and time stay bounded."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom

_HANDS = 2

Part = TypeVar("Part")


def squares(size: tuple[int, int], side: int) -> Iterator[Box]:
    """A picture of (width, height) in squares, the last ones of each row and column smaller."""
    width, height = size
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield left, top, min(left + side, width), min(top + side, height)


def tiles(is_wanted: NDArray[np.bool_], side: int, corner: tuple[int, int] = (0, 0)) -> Iterator[Box]:
    """Boxes around what is wanted in each square of (H, W), whose top left pixel is `corner`."""
    for square in squares((is_wanted.shape[1], is_wanted.shape[0]), side):
        part = is_wanted[at(square)]
        if part.any():
            x, y, across, down = cv2.boundingRect(part.astype(np.uint8))
            left, top = corner[0] + square[0] + x, corner[1] + square[1] + y
            yield left, top, left + across, top + down


def for_each(work: Callable[[Part], None], parts: Iterable[Part]) -> None:
    """Side by side: the time goes into OpenCV, Pillow and NumPy, which work outside of Python's lock."""
    with ThreadPoolExecutor(max_workers=_HANDS) as pool:
        for _ in pool.map(work, parts):
            pass


def grown(box: Box, by: int, shape: tuple[int, ...]) -> Box:
    """Larger by so much on every side, within (height, width)."""
    left, top, right, bottom = box
    return max(left - by, 0), max(top - by, 0), min(right + by, shape[1]), min(bottom + by, shape[0])


def at(box: Box, within: Box = (0, 0, 0, 0)) -> tuple[slice, slice]:
    """Rows and columns of a box, counted from the corner of another."""
    left, top, right, bottom = box
    return slice(top - within[1], bottom - within[1]), slice(left - within[0], right - within[0])


def as_floats(values: Any) -> Floats:
    """As float32, whatever a computation has made of them."""
    return np.asarray(values, np.float32)


def floats(levels: Bytes) -> Floats:
    """0 to 255 as 0 to 1."""
    return levels.astype(np.float32) / np.float32(255)
