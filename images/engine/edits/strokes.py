"""A brush stroke on alpha: the distance to its line, a ramp by its hardness, a blend. Whole numbers only.

`static/js/studio/strokes.js` does the same, so that the page shows what the server delivers; a test runs both
over random strokes. A browser's own lines are no truth: every one smooths them differently.

Lengths are quarter pixels of the upright photo. A stroke is a row of round dabs, so dense that its outline
is off by an eighth of a pixel at most; within a stroke the highest value wins, so that a crossing is no
darker. Exact distances to each segment, in NumPy, took five times as long.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from images.engine.tiles import Box, Bytes, at

QUARTERS = 4
FULL = 255
MOST_RADIUS = 1024 * QUARTERS
# From this radius on dabs lie on half pixels: four kinds of them are made instead of sixteen.
_COARSE_RADIUS = 16 * QUARTERS
# What is covered at once: less splits every other dab, more blends much that no dab has met.
_BLOCK = 1024
# Up to so many pixels a dab costs what the smallest does.
_DAB_PIXELS = 50_000
# Squared distances that a ramp tells apart.
_TABLE = 1 << 14
_KEPT_BYTES = 32_000_000

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Brush:
    """`radius` in quarter pixels; `hardness` and `opacity` from 0 to 255."""

    radius: int
    hardness: int = FULL
    opacity: int = FULL


@dataclass(frozen=True, slots=True)
class Stroke:
    """Drawn with a brush through `points`, (x, y, pressure); pressure from 0 to 255.

    `keep` brings back, else it takes away. `snap` makes it a hint that follows the photo's edges.
    """

    brush: Brush
    points: tuple[tuple[int, int, int], ...]
    keep: bool
    snap: bool = False


def paint(alpha: Bytes, stroke: Stroke) -> Box | None:
    """Blend a stroke into uint8 (H, W), in place. The box that it may touch; None when it lies outside."""
    touched: Box | None = None
    for box, cover in coverage(stroke, (alpha.shape[1], alpha.shape[0])):
        alpha[at(box)] = blended(alpha[at(box)], cover, stroke.keep)
        touched = box if touched is None else joined(touched, box)
    return touched


def blended(alpha: Bytes, cover: Bytes, keep: bool) -> Bytes:
    """uint8 of one shape: towards 255 or 0 as far as `cover` says."""
    if not keep:
        return alpha - _by_255(alpha.astype(np.uint16) * cover)
    return alpha + _by_255((FULL - alpha).astype(np.uint16) * cover)


def _by_255(product: NDArray[np.uint16]) -> Bytes:
    """Divided by 255 and rounded, exactly, for products of two bytes."""
    high = product + np.uint16(128)
    high += high >> 8
    return (high >> 8).astype(np.uint8)


def coverage(stroke: Stroke, size: tuple[int, int]) -> Iterator[tuple[Box, Bytes]]:
    """Where a stroke covers a picture of (width, height), and how much: boxes that do not overlap."""
    dabs, middles = _Dabs(stroke.brush), samples(stroke)
    reach = _reach(middles[2])
    left, top = middles[0] // QUARTERS - reach, middles[1] // QUARTERS - reach
    right, bottom = left + 2 * reach + 1, top + 2 * reach + 1
    for box in _blocks((left, top, right, bottom), size):
        meets = (left < box[2]) & (top < box[3]) & (right > box[0]) & (bottom > box[1])
        if meets.any():
            yield box, _covered(box, dabs, middles[:, meets])


def _blocks(reached: tuple[Ints, Ints, Ints, Ints], size: tuple[int, int]) -> Iterator[Box]:
    """The box around all dabs, within the picture, in parts."""
    left, top, right, bottom = reached
    start_x, start_y = max(int(left.min()), 0), max(int(top.min()), 0)
    end_x, end_y = min(int(right.max()), size[0]), min(int(bottom.max()), size[1])
    for y in range(start_y, end_y, _BLOCK):
        for x in range(start_x, end_x, _BLOCK):
            yield x, y, min(x + _BLOCK, end_x), min(y + _BLOCK, end_y)


def _covered(box: Box, dabs: "_Dabs", middles: Ints) -> Bytes:
    """uint8 of the box's size."""
    width, height = box[2] - box[0], box[3] - box[1]
    cover = np.zeros((height, width), np.uint8)
    for x, y, radius in middles.T.tolist():
        dab = dabs.around(x, y, radius)
        reach = dab.shape[0] // 2
        left, top = x // QUARTERS - reach - box[0], y // QUARTERS - reach - box[1]
        right, bottom = left + dab.shape[1], top + dab.shape[0]
        if left < 0 or top < 0 or right > width or bottom > height:
            dab = dab[max(-top, 0) : height - top, max(-left, 0) : width - left]
            left, top = max(left, 0), max(top, 0)
        part = cover[top:bottom, left:right]
        np.maximum(part, dab, out=part)
    return cover


def samples(stroke: Stroke) -> Ints:
    """The middles and radii of a stroke's dabs, in order: int64 (3, N), rows x, y, radius."""
    radius, points = stroke.brush.radius, np.array(stroke.points, np.int64).T
    moves = np.diff(points)
    counts = _counts(moves, radius)
    ends = np.cumsum(counts)
    steps = np.arange(1, counts.sum() + 1) - np.repeat(ends - counts, counts)
    each = np.repeat(counts, counts)
    between = (2 * np.repeat(moves, counts, 1) * steps + each) // (2 * each)
    found = np.concatenate([points[:, :1], np.repeat(points[:, :-1], counts, 1) + between], 1)
    # Sixteen steps of pressure, so that few kinds of dabs are needed.
    found[2] = np.maximum(2, (radius * (found[2] >> 4) * 17 + 127) // FULL)
    if radius >= _COARSE_RADIUS:
        found[:2] &= ~1
    return found


def _counts(moves: Ints, radius: int) -> Ints:
    """How many dabs each segment takes."""
    longer, shorter = np.abs(moves[:2]).max(0), np.abs(moves[:2]).min(0)
    # At least the length of the segment, and at most an eighth more.
    counts: Ints = np.maximum(1, -(-(longer + shorter // 2) // max(1, 2 * isqrt(radius))))
    return counts


def effort(stroke: Stroke) -> int:
    """What a stroke costs, before any of it is drawn: its dabs, of which a broad one counts as several."""
    radius, points = stroke.brush.radius, np.array(stroke.points, np.int64).T
    count = 1 + int(_counts(np.diff(points), radius).sum())
    side = 2 * radius // QUARTERS + 1
    return count * (1 + side * side // _DAB_PIXELS)


def _reach(radius: Ints) -> Ints:
    """Pixels from the one that holds a dab's middle to its border."""
    return (radius + 2) // QUARTERS + 1


def ramp(brush: Brush, radius: int) -> tuple[Bytes, int]:
    """How much a dab covers, by squared distance in quarter pixels, shifted right by the second result.

    Full up to where the hardness ends, half at the rim of a hard brush, one pixel of softness at least; the
    last entry is 0.
    """
    outer = radius + 2
    inner = max(0, min(radius - 2, radius * brush.hardness // FULL))
    shift = (outer * outer // _TABLE).bit_length()
    squares = np.arange((outer * outer >> shift) + 2, dtype=np.int64) << (shift + 8)
    distance = np.sqrt(squares).astype(np.int64)  # in sixteenths of a quarter
    level = np.clip((outer * 16 - distance) * FULL // ((outer - inner) * 16), 0, FULL)
    smooth = (level * level * (3 * FULL - 2 * level) + FULL * FULL // 2) // (FULL * FULL)
    return _by_255((smooth * brush.opacity).astype(np.uint16)), shift


class _Dabs:
    """Dabs of one brush, made when they are first needed."""

    def __init__(self, brush: Brush) -> None:
        self._brush = brush
        self._ramps: dict[int, tuple[Bytes, int]] = {}
        self._kept: dict[tuple[int, int, int], Bytes] = {}

    def around(self, x: int, y: int, radius: int) -> Bytes:
        """uint8 (S, S), its middle pixel the one that holds the point."""
        key = (radius, x % QUARTERS, y % QUARTERS)
        dab = self._kept.get(key)
        if dab is None:
            dab = self._made(*key)
            if (len(self._kept) + 1) * dab.nbytes > _KEPT_BYTES:
                self._kept.clear()
            self._kept[key] = dab
        return dab

    def _made(self, radius: int, x: int, y: int) -> Bytes:
        if radius not in self._ramps:
            self._ramps[radius] = ramp(self._brush, radius)
        table, shift = self._ramps[radius]
        reach = (radius + 2) // QUARTERS + 1
        middles = np.arange(-reach, reach + 1, dtype=np.int32) * QUARTERS + 2
        squares = np.add.outer((middles - y) ** 2, (middles - x) ** 2) >> shift
        return table.take(squares, mode="clip")


def joined(one: Box, other: Box) -> Box:
    """The box around two."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
