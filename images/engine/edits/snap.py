"""A stroke as a hint: what it covers follows the colours and edges of the photo.

Around the stroke the photo tells how the subject and its background look: what alpha already knows, and the
middle of the stroke, which is meant. Each colour's odds between the two, filtered along the photo's edges
(guided.py), decide how much of what the brush covers is taken. Only a window around the stroke is looked at,
and a broad brush in a smaller size, so that cost follows the stroke's length and not its area.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.edits.strokes import FULL, QUARTERS, Brush, Stroke, blended, coverage, joined
from images.engine.matte.guided import averaged, fit
from images.engine.tiles import Box, Bytes, Floats, at, floats, grown

# A brush of this radius, in pixels, is worked on as it is; broader ones in a smaller size.
_FINE_RADIUS = 32
# The share of the brush's radius whose inside is meant, whatever it looks like.
_CORE = 0.35
# How far around the stroke the photo is asked what subject and background look like, in radii.
_VIEW = 1.5
_LEVELS = 16  # of each colour channel
_SURE = 250
_REACH, _SMOOTHNESS = 6, 1e-4
# A colour that neither side has shown follows the brush.
_UNKNOWN = 0.02


def snapped(alpha: Bytes, stroke: Stroke, photo: Image.Image) -> tuple[Bytes, Box | None]:
    """A new uint8 (H, W), and the box of what may have changed; `photo` is RGB of its size."""
    painted = list(coverage(stroke, photo.size))
    if not painted:
        return alpha, None
    box = painted[0][0]
    for other, _ in painted:
        box = joined(box, other)
    cover = _laid(painted, box)
    result = alpha.copy()
    share = _share(alpha, stroke, photo, box)
    taken = np.rint(cover * share).astype(np.uint8)
    result[at(box)] = blended(alpha[at(box)], taken, stroke.keep)
    return result, box


def _laid(parts: list[tuple[Box, Bytes]], box: Box) -> Bytes:
    cover = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    for place, levels in parts:
        cover[at(place, box)] = levels
    return cover


def _share(alpha: Bytes, stroke: Stroke, photo: Image.Image, box: Box) -> Floats:
    """How much of each pixel in the box belongs to what the stroke means, 0 to 1: float32 of its size."""
    radius = stroke.brush.radius / QUARTERS
    view = grown(box, int(radius * _VIEW) + 2, alpha.shape)
    scale = min(1.0, _FINE_RADIUS / radius)
    size = (max(1, round((view[2] - view[0]) * scale)), max(1, round((view[3] - view[1]) * scale)))
    guide = floats(np.asarray(photo.resize(size, Image.Resampling.BOX, view)))
    known = np.asarray(Image.fromarray(alpha[at(view)]).resize(size, Image.Resampling.BOX))
    core, whole = (_drawn(stroke, share, view, size, alpha.shape) for share in (_CORE, 1.0))
    wanted = _wanted(guide, known if stroke.keep else FULL - known, core, whole)
    small = _along_edges(guide, wanted)
    across, down = size[0] / (view[2] - view[0]), size[1] / (view[3] - view[1])
    left, right = (box[0] - view[0]) * across, min((box[2] - view[0]) * across, size[0])
    top, bottom = (box[1] - view[1]) * down, min((box[3] - view[1]) * down, size[1])
    found = Image.fromarray(small).resize(
        (box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR, (left, top, right, bottom)
    )
    return np.clip(np.asarray(found, np.float32), 0, 1)


def _drawn(
    stroke: Stroke, share: float, view: Box, size: tuple[int, int], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """What a hard brush of a share of the radius would cover, in the window at its size."""
    brush = Brush(max(4, int(stroke.brush.radius * share)))
    cover = np.zeros((view[3] - view[1], view[2] - view[0]), np.uint8)
    for place, levels in _clipped(coverage(Stroke(brush, stroke.points, True), (shape[1], shape[0])), view):
        cover[at(place, view)] = levels
    return np.asarray(Image.fromarray(cover).resize(size, Image.Resampling.BOX)) >= FULL // 2


def _clipped(parts: Iterator[tuple[Box, Bytes]], view: Box) -> Iterator[tuple[Box, Bytes]]:
    for (left, top, right, bottom), levels in parts:
        place = (max(left, view[0]), max(top, view[1]), min(right, view[2]), min(bottom, view[3]))
        yield place, levels[at(place, (left, top, 0, 0))]


def _wanted(guide: Floats, known: Bytes, core: NDArray[np.bool_], whole: NDArray[np.bool_]) -> Floats:
    """The odds of each pixel by its colour, 0 to 1; certain in the middle of the stroke."""
    like = core | (known >= _SURE)
    unlike = (known <= FULL - _SURE) & ~whole
    # Without an example of the other side there is nothing to choose: all that is painted is meant.
    if np.count_nonzero(unlike) < 16:
        return np.ones(known.shape, np.float32)
    bins = (np.minimum(guide, 0.999) * _LEVELS).astype(np.int32)
    number = (bins[..., 0] * _LEVELS + bins[..., 1]) * _LEVELS + bins[..., 2]
    for_it, against = _histogram(number, like), _histogram(number, unlike)
    odds = (for_it + _UNKNOWN / _LEVELS) / (for_it + against + 2 * _UNKNOWN / _LEVELS)
    return np.where(core, 1, odds[number]).astype(np.float32)


def _histogram(number: NDArray[np.int32], where: NDArray[np.bool_]) -> Floats:
    """How often each colour, and the ones beside it, occur; the most frequent is 1."""
    counts = np.bincount(number[where], minlength=_LEVELS**3).astype(np.float32)
    cube: Floats = counts.reshape(_LEVELS, _LEVELS, _LEVELS)
    for axis in range(3):
        padded = np.pad(cube, [(1, 1) if i == axis else (0, 0) for i in range(3)], "edge")
        before, here, after = (np.take(padded, range(start, start + _LEVELS), axis) for start in range(3))
        cube = np.asarray((before + 2 * here + after) / 4, np.float32)
    return (cube / max(float(cube.max()), 1e-6)).reshape(-1).astype(np.float32)


def _along_edges(guide: Floats, wanted: Floats) -> Floats:
    """Smooth where the photo is, sharp where it has an edge, and decided on either side."""
    model = fit(guide, np.asarray(cv2.blur(wanted, (3, 3)), np.float32), _REACH, _SMOOTHNESS)
    smooth = averaged(model, guide, _REACH)
    decided: Floats = np.clip((smooth - 0.5) * 2 + 0.5, 0, 1)
    return decided
