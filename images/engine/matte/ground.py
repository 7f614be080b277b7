"""The even ground of a graphic: one colour, or a gradient, as the picture's border shows it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.tiles import Box, Bytes, Floats

_WIDTH = 2
_MOST_POINTS = 20_000
# Every so many of them tell how a gradient runs; all of them, whether it is one.
_FITTED = 5
# Levels by which the ground may differ from itself before its own noise is known.
_LOOSE = 12
# A ground of one colour may be covered by more than half of what stands at the border, as in screenshots; a
# gradient is a guess, which needs more of it.
_ENOUGH_FLAT, _ENOUGH_GRADIENT = 0.4, 0.85
_ROUNDS = 12
# Levels of noise that are always allowed, and that are too many for a graphic; and how many times the median
# of its distances a noise reaches in a million pixels.
_LEAST_NOISE, _MOST_NOISE, _TAIL = 3.0, 12.0, 6.0


@dataclass(frozen=True, slots=True)
class Ground:
    """`terms` are float32 (6, 3), the colour's 1, x, y, x², xy and y², x and y being -1 to 1 across `size`.

    `noise` is how many levels pixels of the ground are off at most, `waves` how many they are off beside
    strokes, where JPEG leaves traces; `share` is how much of the border it is.
    """

    terms: Floats
    size: tuple[int, int]
    noise: float
    share: float
    waves: float = 0

    @property
    def is_flat(self) -> bool:
        return not self.terms[1:].any()

    def at(self, across: NDArray[np.int64], down: NDArray[np.int64]) -> Floats:
        """Colours of some pixels, 0 to 255: float32 (N, 3), or (1, 3) if there is but one."""
        if self.is_flat:
            return self.terms[:1]
        return np.asarray(_basis(across, down, self.size) @ self.terms, np.float32)

    def levels(self, box: Box) -> Bytes:
        """Rounded: uint8 (H, W, 3)."""
        left, top, right, bottom = box
        if self.is_flat:
            return np.broadcast_to(_rounded(self.terms[0]), (bottom - top, right - left, 3))
        across, down = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
        return _rounded(_basis(across, down, self.size) @ self.terms)


def find_ground(picture: Image.Image) -> Ground | None:
    """Of an RGB image; None where its border shows none."""
    places, colours = _border(picture)
    terms = np.zeros((6, 3), np.float32)
    terms[0] = _main_colour(colours)
    flat = _measured(terms, places, colours, picture.size)
    if flat.share < _ENOUGH_GRADIENT:
        gradient = _measured(_fitted(places, colours, picture.size), places, colours, picture.size)
        if gradient.share >= _ENOUGH_GRADIENT and gradient.share > flat.share:
            flat = gradient
    return flat if flat.share >= _ENOUGH_FLAT and flat.noise <= _MOST_NOISE else None


def _border(picture: Image.Image) -> tuple[NDArray[np.int64], Floats]:
    """x and y (N, 2), and colours (N, 3)."""
    width, height = picture.size
    wide, high = min(_WIDTH, width), min(_WIDTH, height)
    boxes = [
        (0, 0, width, high),
        (0, height - high, width, height),
        (0, 0, wide, height),
        (width - wide, 0, width, height),
    ]
    places, colours = [], []
    for box in boxes:
        across, down = np.meshgrid(np.arange(box[0], box[2]), np.arange(box[1], box[3]))
        places.append(np.stack([across.ravel(), down.ravel()], axis=1))
        colours.append(np.asarray(picture.crop(box)).reshape(-1, 3))
    step = max(1, sum(map(len, places)) // _MOST_POINTS)
    return np.concatenate(places)[::step], np.concatenate(colours)[::step].astype(np.float32)


def _main_colour(colours: Floats) -> Floats:
    """The middle of what most of them are near to."""
    bins = (colours.astype(np.int64) >> 4) @ np.array((256, 16, 1))
    values, counts = np.unique(bins, return_counts=True)
    near: Floats = colours[bins == values[counts.argmax()]]
    for _ in range(3):
        near = colours[_off(colours, np.asarray(np.median(near, axis=0), np.float32)) <= _LOOSE]
    # The mean of what is near tells fractions of a level, which a ground with noise has.
    result: Floats = near.mean(axis=0)
    return result


def _fitted(places: NDArray[np.int64], colours: Floats, size: tuple[int, int]) -> Floats:
    """Terms by least absolute differences, so that what stands at the border does not bend them."""
    places, colours = places[::_FITTED], colours[::_FITTED]
    basis = _basis(places[:, 0], places[:, 1], size)
    weights = np.ones(len(basis), np.float32)
    terms = np.zeros((6, 3), np.float32)
    for _ in range(_ROUNDS):
        # By the normal equations, which are six, and not by the points, which are thousands.
        weighted = (basis * weights[:, None]).T.astype(np.float64)
        terms = np.linalg.lstsq(weighted @ basis, weighted @ colours, rcond=None)[0].astype(np.float32)
        weights = np.asarray(1 / np.maximum(_off(colours, basis @ terms), 1), np.float32)
    return terms


def _measured(terms: Floats, places: NDArray[np.int64], colours: Floats, size: tuple[int, int]) -> Ground:
    off = _off(colours, _basis(places[:, 0], places[:, 1], size) @ terms)
    near = off[off <= _LOOSE]
    # By the median: at the border there are also pixels that only nearly are ground.
    noise = float(_TAIL * np.median(near)) if near.size else float(_LOOSE)
    return Ground(terms, size, max(noise, _LEAST_NOISE), near.size / len(off))


def _rounded(colours: Floats) -> Bytes:
    return np.asarray(np.rint(np.clip(colours, 0, 255)), np.uint8)


def _basis(across: NDArray[np.int64], down: NDArray[np.int64], size: tuple[int, int]) -> Floats:
    x = across.astype(np.float32) * np.float32(2 / max(size[0] - 1, 1)) - 1
    y = down.astype(np.float32) * np.float32(2 / max(size[1] - 1, 1)) - 1
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _off(colours: Floats, expected: Floats) -> Floats:
    distance: Floats = np.abs(colours - expected).max(axis=-1)
    return distance
