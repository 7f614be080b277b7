"""Whole regions that the main network overlooked, from a companion of another kind.

Networks fail differently: IS-Net draws edges well and now and then leaves out half a subject, U2-Net sees
less finely and more wholly. So the companion says where, in whole areas only, and the main network keeps
every edge of its own. Chosen on the photos of ../shared/data and on 185 crops of them; the recipe lies on a
plateau, where each number may move by a third for 0.002 of IoU. The reverse, leaving out what the companion
does not see, costs 0.03 of IoU.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from images.engine.tiles import Floats

Region = NDArray[np.uint8]  # (H, W), 1 inside

# The companion is this sure, where the main network rather says no.
_SURE, _UNSEEN = 0.8, 0.5
# Lines along an outline are no regions: two networks never agree on a border.
_OPENINGS = 2
# Of the larger of the two masks; smaller ones are as often wrong as right.
_LEAST_SHARE = 0.02
# How far around a region the companion may speak, in cells of its grid, so that both meet without a seam.
_MARGIN = 6
# The side of the grid on which regions are looked for; that of U2-Net.
_GRID = 320


def fused(alone: Floats, companion: Floats) -> Floats:
    """Both float32 in 0..1, of any sizes; the result is float32 of the first one's size."""
    regions = overlooked(alone, companion)
    if not regions.any():
        return alone
    height, width = alone.shape
    inside = cv2.resize(_grown(regions), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    enlarged = np.clip(cv2.resize(companion, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)
    whole: Floats = np.where(inside, np.maximum(alone, enlarged), alone)
    return whole


def overlooked(alone: Floats, companion: Floats) -> Region:
    """Where the companion is sure of a region that the main network leaves out, on a grid of its own."""
    mine, theirs = on_grid(alone, alone.shape), on_grid(companion, alone.shape)
    missing = ((theirs > _SURE) & (mine < _UNSEEN)).astype(np.uint8)
    square = np.ones((3, 3), np.uint8)
    areas = cv2.morphologyEx(missing, cv2.MORPH_OPEN, square, iterations=_OPENINGS)
    least = _LEAST_SHARE * max(np.count_nonzero(mine > _UNSEEN), np.count_nonzero(theirs > _UNSEEN))
    return _of_at_least(least, np.asarray(areas, np.uint8))


def on_grid(mask: Floats, shape: tuple[int, ...]) -> Floats:
    """The mask on a grid in the proportions of `shape` (H, W), its longer side _GRID cells."""
    scale = _GRID / max(shape[:2])
    size = (max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)


def _of_at_least(cells: float, areas: Region) -> Region:
    """Those connected areas that are large enough."""
    _, labels, facts, _ = cv2.connectedComponentsWithStats(areas)
    keeps = (facts[:, cv2.CC_STAT_AREA] >= cells).astype(np.uint8)
    keeps[0] = 0  # what lies around the areas
    kept: Region = keeps[labels]
    return kept


def _grown(regions: Region) -> Region:
    side = 2 * _MARGIN + 1
    return np.asarray(cv2.dilate(regions, np.ones((side, side), np.uint8)), np.uint8)
