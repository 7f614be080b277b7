"""The inks of a graphic: the few colours that it is drawn with, and how much of it they explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.matte.ground import Ground
from images.engine.tiles import Box, Bytes, Floats

Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]

# Bins of the histogram of colours along each band.
_BINS, _WIDE_BINS = 64, 16
_MOST_INKS = 24
# Of a square with more pixels than these, every so many-th is counted.
_MOST_COUNTED = 20_000
# An ink covers so much of the drawing, and is so many times as frequent as the colours just beside it: the
# shading of a photo passes through all of them.
_LEAST_SHARE, _PEAK = 0.004, 5.0
# Colours whose way from the ground is so much the same (a cosine) lie on one line; so many are looked for.
_ONE_LINE, _MOST_LINES = 0.995, 4
# Sharpened edges show more than all of an ink on one side, and less than none of it on the other.
_OVERSHOOT, _LEAST_OVERSHOOT = 1.3, 0.25
# Pixels from the ground to the middle of a thin stroke.
_THIN = 6
# Pixels around an even area that still belong to it: the holes of letters on a panel, gaps of words.
_ON_PANEL = 8
# Fainter than this a stroke without an even middle is noise.
_FAINT = 24
# Pixels either side of an edge that antialiasing, scaling and JPEG blur.
EDGE = 2
# Farther than this from the ground, strokes make waves, so many pixels far: JPEG's blocks are of 16. What is
# more than so many levels is no trace of JPEG.
_STRONG, _WAVES_REACH, _MOST_WAVES = 64, 16, 40
# Levels by which a mixture may be off the line between ground and ink, above the noise.
OFF_LINE = 10


@dataclass(frozen=True, slots=True)
class Drawing:
    """A part of the picture, `colours` (H, W, 3) and how far they are from the ground, `off` (H, W).

    `is_drawn` says where that is more than noise, `is_core` where an ink shows unmixed: in even areas, and
    along the middle of strokes too thin to have one.
    """

    colours: Bytes
    off: Bytes
    is_drawn: Mask
    is_core: Mask
    box: Box
    ground: Ground

    def differences(self, indices: Indices) -> tuple[Floats, Floats]:
        """Of some pixels, by their place in the flattened part: colours less ground, and ground (N, 3)."""
        down, across = np.divmod(indices, self.off.shape[1])
        ground = self.ground.at(across + self.box[0], down + self.box[1])
        return self.colours.reshape(-1, 3)[indices] - ground, ground


def drawing(picture: Image.Image, ground: Ground, box: Box) -> Drawing:
    colours = np.asarray(picture.crop(box))
    off = _off_ground(colours, ground, box)
    is_drawn = _without_specks(off > ground.noise, off > 2 * ground.noise)
    if ground.waves > ground.noise:
        is_drawn &= (off > ground.waves) | ~grown(off > _STRONG, _WAVES_REACH)
    is_drawn = _without_overshot(colours, off, is_drawn, ground, box)
    if not is_drawn.any():
        return Drawing(colours, off, is_drawn, is_drawn, box, ground)
    is_even = is_drawn & (_spread(colours, 1) <= max(2 * ground.noise, ground.waves))
    # Sharpened edges overshoot: what is farther from the ground than an even area beside it is no stroke.
    beside = cv2.dilate(np.where(is_even, off, np.uint8(0)), square(EDGE))
    is_stroke = (beside == 0) | (off <= beside + ground.noise)
    is_ridge = is_drawn & (off >= cv2.dilate(off, square(EDGE))) & (off > _FAINT) & is_stroke
    return Drawing(colours, off, is_drawn, is_even | is_ridge, box, ground)


def _without_overshot(colours: Bytes, off: Bytes, is_drawn: Mask, ground: Ground, box: Box) -> Mask:
    overshot = is_drawn & _overshot(colours, ground, box)
    if not overshot.any():
        return is_drawn
    # A pale panel, on which there are words, is even somewhere farther from them; pale words on a dark one
    # are far from the ground.
    panel = _even(is_drawn & ~overshot & (off <= _STRONG))
    is_outside = grown(_even(~is_drawn), _ON_PANEL) & ~grown(panel, _ON_PANEL)
    kept: Mask = is_drawn & ~(overshot & is_outside)
    return kept


def _even(mask: Mask) -> Mask:
    return np.asarray(cv2.erode(mask.view(np.uint8), square(1), borderValue=1).view(np.bool_))


def _overshot(colours: Bytes, ground: Ground, box: Box) -> Mask:
    """Where a sharpened edge shows less than none of an ink: in no band more than a share of what is beside
    it on the other side of the ground."""
    expected = np.ascontiguousarray(ground.levels(box))
    above, below = cv2.subtract(colours, expected), cv2.subtract(expected, colours)
    window = square(EDGE + 1)
    opposite = np.where(above > 0, cv2.dilate(below, window), cv2.dilate(above, window))
    most = np.maximum(opposite * np.float32(_LEAST_OVERSHOOT), ground.noise)
    return np.asarray((np.maximum(above, below) <= most).all(axis=2))


def with_waves(picture: Image.Image, ground: Ground, boxes: Sequence[Box]) -> Ground:
    """Measures how much JPEG has left beside strokes: the unevenness close to them, but not of them."""
    spreads = []
    for box in boxes:
        colours = np.asarray(picture.crop(box))
        strong = _off_ground(colours, ground, box) > _STRONG
        beside = grown(strong, _WAVES_REACH // 2) & ~grown(strong, EDGE + 1)
        spreads.append(_spread(colours, EDGE)[beside])
    found = np.concatenate(spreads)
    # A drawing that is nothing but fine strokes has no such place, and a photo is not even anywhere.
    waves = float(np.quantile(found, 0.9)) if found.size else 0.0
    return replace(ground, waves=min(waves, _MOST_WAVES) if waves > 1.5 * ground.noise else 0.0)


def _off_ground(colours: Bytes, ground: Ground, box: Box) -> Bytes:
    expected: Any = (*ground.levels(box)[0, 0].tolist(), 0) if ground.is_flat else ground.levels(box)
    return _strongest(cv2.absdiff(colours, expected))


def _spread(colours: Bytes, reach: int) -> Bytes:
    """How far the colours around each pixel are apart."""
    return _strongest(cv2.dilate(colours, square(reach)) - cv2.erode(colours, square(reach)))


def _without_specks(is_drawn: Mask, is_clear: Mask) -> Mask:
    """Noise differs from the ground at single pixels; a drawing, however faint, at three together."""
    together = cv2.boxFilter(is_drawn.view(np.uint8), -1, (3, 3), normalize=False)
    kept: Mask = is_drawn & ((together >= 3) | is_clear)
    return kept


def _strongest(colours: NDArray[np.generic]) -> Bytes:
    """The highest of three bands; NumPy's own maximum along a short axis takes ten times as long."""
    red, green, blue = cv2.split(np.asarray(colours, np.uint8))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def square(reach: int) -> Bytes:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)


def grown(mask: Mask, reach: int) -> Mask:
    return np.asarray(cv2.dilate(mask.view(np.uint8), square(reach)).view(np.bool_))


def find_inks(picture: Image.Image, ground: Ground, boxes: Sequence[Box]) -> Floats:
    """Their colours, float32 (K, 3), by parts of the picture."""
    samples, weights, thin = [], [], []
    for part in _drawings(picture, ground, boxes):
        core = np.flatnonzero(part.is_core)
        step = len(core) // _MOST_COUNTED + 1
        samples.append(part.colours.reshape(-1, 3)[core[::step]])
        weights.append(np.full(len(samples[-1]), step))
        thin.append(grown(~part.is_drawn, _THIN).ravel()[core[::step]])
    colours, weight = np.concatenate(samples), np.concatenate(weights)
    # JPEG spreads an ink over more levels.
    bins = _BINS if ground.waves <= ground.noise else _WIDE_BINS
    red, green, blue = (colours // (256 // bins)).astype(np.uint32).T
    places = (red * bins + green) * bins + blue
    counts = np.bincount(places, weight, bins**3).astype(np.float64).reshape((bins,) * 3)
    sums = [np.bincount(places, weight * colours[:, band], bins**3) for band in range(3)]
    peaks = _peaks(counts, np.stack(sums, axis=1))
    # On a gradient each pixel has a line of its own; and a photo is uneven beside its subject, too.
    if not ground.is_flat or ground.waves >= _MOST_WAVES:
        return peaks
    near = np.concatenate(thin)
    return np.concatenate([peaks, _stroke_inks(colours[near], weight[near], peaks, ground)])


def explained(picture: Image.Image, ground: Ground, boxes: Sequence[Box], inks: Floats) -> float | None:
    """The share of what is drawn there that inks and their mixtures make; None where nothing is drawn."""
    parts = [(part.is_drawn.sum(), _unexplained(part, inks)) for part in _drawings(picture, ground, boxes)]
    drawn, left = (int(sum(each)) for each in zip(*parts, strict=True))
    return 1 - left / drawn if drawn else None


def _drawings(picture: Image.Image, ground: Ground, boxes: Sequence[Box]) -> Iterator[Drawing]:
    for box in boxes:
        yield drawing(picture, ground, box)


def _peaks(counts: NDArray[np.float64], sums: NDArray[np.float64]) -> Floats:
    """The middles of the most frequent colours that stand out among their neighbours."""
    grid, total = counts.copy(), counts.sum()
    others = counts.copy()  # all but the inks found: what is passed over is still a neighbour
    colours: list[NDArray[np.float64]] = []
    for _ in range(3 * _MOST_INKS):
        place = np.unravel_index(int(grid.argmax()), grid.shape)
        if not total or len(colours) >= _MOST_INKS or grid[place] < _LEAST_SHARE * total / 4:
            break
        inner, outer = (tuple(slice(max(int(i) - by, 0), int(i) + by + 1) for i in place) for by in (1, 3))
        inside, around = others[inner].sum(), others[outer].sum()
        if inside >= max(_LEAST_SHARE * total, _PEAK * (around - inside)):
            chosen = np.zeros(grid.shape, bool)
            chosen[inner] = others[inner] > 0
            colours.append(sums[chosen.ravel()].sum(axis=0) / counts[chosen].sum())
            others[inner] = 0
        grid[inner] = 0
    return np.array(colours, np.float32).reshape(-1, 3)


def _stroke_inks(colours: Bytes, weight: NDArray[np.generic], peaks: Floats, ground: Ground) -> Floats:
    """Inks of strokes so thin that no two pixels show them alike: all lie on one line from the ground.

    Few for each line, so that the shading of a photo never becomes a row of inks.
    """
    vectors = colours.astype(np.float32) - ground.terms[0]
    lengths = np.linalg.norm(vectors, axis=1)
    units = vectors / np.maximum(lengths, 1)[:, None]
    left = lengths > _STRONG
    for vector in peaks - ground.terms[0]:
        length = float(np.linalg.norm(vector))
        if length > _FAINT:  # what is fainter may be noise, which has no direction
            left &= (units @ (vector / length) < _ONE_LINE) | (lengths > _OVERSHOOT * length)
    total, inks = float(weight.sum()), []
    for _ in range(_MOST_LINES):
        if not left.any():
            break
        middle = np.average(units[left], axis=0, weights=weight[left])
        for _ in range(3):
            near = left & (units @ (middle / max(float(np.linalg.norm(middle)), 1e-6)) > _ONE_LINE)
            if not near.any():
                break
            middle = np.median(units[near], axis=0)
        if not near.any() or weight[near].sum() < _LEAST_SHARE * total:
            break
        direction = middle / np.linalg.norm(middle)
        # The ink itself, and what sharpened edges make of it.
        inks += [ground.terms[0] + direction * length for length in np.quantile(lengths[near], (0.25, 0.75))]
        left &= ~near
    return np.array(inks, np.float32).reshape(-1, 3)


def _unexplained(part: Drawing, inks: Floats) -> int:
    """Pixels that are neither an ink, nor beside one, nor a mixture of one with the ground."""
    indices = np.flatnonzero(part.is_drawn)
    if not indices.size:
        return 0
    colours, (difference, ground) = part.colours.reshape(-1, 3)[indices], part.differences(indices)
    is_ink, is_mixed = np.zeros(len(indices), bool), np.zeros(len(indices), bool)
    for ink in inks:
        is_ink |= _off(colours - ink) <= part.ground.noise + part.ground.waves / 2 + 1
        vector = ink - ground
        is_mixed |= off_line(difference, vector, shares(difference, vector, _OVERSHOOT)) <= tolerance(
            part.ground
        )
    near_ground = grown(~part.is_drawn, EDGE).ravel()[indices]
    inked = np.zeros(part.off.shape, bool)
    inked.ravel()[indices] = is_ink
    beside = grown(inked & part.is_core, EDGE).ravel()[indices]
    return int((~is_ink & ~beside & ~(is_mixed & near_ground)).sum())


def tolerance(ground: Ground) -> float:
    """Levels by which a mixture may be off its line."""
    return ground.noise + ground.waves + OFF_LINE


def shares(difference: Floats, vector: Floats, most: float = 1) -> Floats:
    """How much of an ink each of (N, 3) pixels shows, 0 to `most`; `vector` is from the ground to the ink."""
    length = np.maximum(np.einsum("ij,ij->i", vector, vector), 1)
    dots = np.einsum("ij,ij->i", difference, np.broadcast_to(vector, difference.shape))
    share: Floats = np.clip(dots / length, 0, most)
    return share


def off_line(difference: Floats, vector: Floats, share: Floats) -> Floats:
    """How many levels each pixel is beside its place on the line from the ground to an ink."""
    return _off(difference - share[:, None] * vector)


def _off(differences: Floats) -> Floats:
    red, green, blue = np.abs(differences).T
    strongest: Floats = np.maximum(np.maximum(red, green), blue)
    return strongest
