"""Probabilities at the model's size to alpha at the photo's size, along the edges that the photo shows.

Two steps, both with the local linear models of guided.py and both inside the soft band only, so that cost
follows the length of the outline:

1. On the network's own grid, wide windows let the photo correct what the network drew (guided filter).
2. Between the grid and the photo, narrow windows tell how alpha follows colour, and the photo's own pixels
   supply the detail that the grid could not hold (He and Sun, “Fast Guided Filter”, 2015).

Chosen by measurement on ../shared/data; tests/bench/edges.py prints the figures.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.matte.guided import averaged, fit, mean
from images.engine.tiles import Box, Bytes, Floats, at, floats, for_each, grown, tiles

# A window of 25 cells in 1024. Gradient error on the mattes falls with the radius (2.52 at 8, 2.47 at 12;
# 2.93 unfiltered), the boundary F-score of the other sets begins to fall beyond 12.
# A mask that is right and only coarse loses by it: enlarged 2.5 times, 60 % of the error of plain enlargement
# are left, and 31 % without correction. But no network's mask is right (gradient error 2.38 for 2.81).
_REACH = 12 / 1024
_SMOOTHNESS = 1e-4
# The photo may move a pixel to the other side of one half only if it is this many times as sure as the
# network was. Otherwise wheels before trees and wires before the sky go: davis IoU 0.8366 without, 0.8371.
_BURDEN = 4
# How fast the photo gains a say as the network leaves 0 and 1: fully from 5 % on. Sooner sharpens the mattes
# (gradient error 2.44 at 50) and leaves a haze around what the network drew crisply.
_DOUBT_GAIN = 20
# Contrast in the middle of a subject, far from any edge: three quarters and more is solid. Mean error on
# the mattes 7.86 against 8.31 (x100) without.
_CORE_GAIN = 2
# What the stretch to the whole range may take for empty: rembg stretches any minimum to 0.
_FAINT = np.float32(0.25)
# One grey level from either end counts as that end: a network never says 0 or 1.
_MARGIN = 1 / 255
# The smallest window. Less smoothness follows a perfect mask better and a real one worse: masks of 160 cells,
# gradient error 2.40 at 1e-4, 2.42 here, 2.44 at 1e-5; enlarged plainly 3.20.
_LIFT_RADIUS, _LIFT_SMOOTHNESS = 1, 3e-5
# What is worked on at once: cells of the grid when correcting, pixels of the photo when lifting.
_CORRECTED_TILE, _LIFTED_TILE = 256, 512
# Cutting to eight bits, as rembg does, places borders a little better than rounding. The tenth forgives
# the last digits.
_LENIENCE = np.float32(0.1)


def refine(probabilities: Floats, photo: Image.Image) -> Image.Image:
    """float32 (H, W) in 0..1 and an RGB photo to an L image of the photo's size."""
    side = max(probabilities.shape)
    grid = (min(photo.width, probabilities.shape[1]), min(photo.height, probabilities.shape[0]))
    mask = _resized(_stretched(probabilities), grid)
    guide = np.asarray(photo.resize(grid, Image.Resampling.BOX))
    corrected = _corrected(mask, guide, max(1, round(side * _REACH)))
    if grid == photo.size:
        return Image.fromarray(_eight_bits(corrected))
    return _lifted(corrected, guide, photo)


def _stretched(probabilities: Floats) -> Floats:
    """As rembg does, but a picture that is all subject keeps its faintest parts."""
    lowest = np.minimum(probabilities.min(), _FAINT)
    highest = np.maximum(probabilities.max(), 1 - _FAINT)
    stretched: Floats = (probabilities - lowest) / (highest - lowest)
    return stretched


def _resized(mask: Floats, size: tuple[int, int]) -> Floats:
    """Bicubic, because Lanczos rings and raises the gradient error."""
    resized: Floats = np.clip(np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.BICUBIC)), 0, 1)
    return resized


def _corrected(mask: Floats, guide: Bytes, radius: int) -> Floats:
    """The mask (H, W), its edges moved to where the colours of the guide (H, W, 3) change."""
    corrected, core = mask.copy(), _core(mask, radius)

    def correct(tile: Box) -> None:
        around = grown(tile, 2 * radius, mask.shape)
        old, colours = mask[at(around)], floats(guide[at(around)])
        model = fit(colours, old, radius, _SMOOTHNESS)
        say = mean(model.trust, radius) * np.clip(_DOUBT_GAIN * old * (1 - old), 0, 1)
        new = _held(old, old + say * (averaged(model, colours, radius) - old))
        corrected[at(tile)] = _firm(new, core[at(around)])[at(tile, around)]

    for_each(correct, tiles(_is_soft(mask), _CORRECTED_TILE))
    whole: Floats = np.clip((corrected - _MARGIN) / (1 - 2 * _MARGIN), 0, 1)
    return whole


def _held(old: Floats, new: Floats) -> Floats:
    """The new alpha, on the old one's side of one half unless its case is strong."""
    side = np.where(old >= 0.5, np.float32(1), np.float32(-1))
    lead = np.clip(new, 0, 1) - 0.5
    lead *= side
    # A grey level from the middle, so that eight bits still say which side it is.
    crossed = np.where(-lead > _BURDEN * np.abs(old - 0.5), lead + _BURDEN * np.abs(old - 0.5), _MARGIN)
    held: Floats = np.where(lead < 0, crossed, lead) * side + np.float32(0.5)
    return held


def _core(mask: Floats, radius: int) -> Bytes:
    """255 deep inside the subject, falling to 0 towards its edges."""
    inside = (mask > 0.5).astype(np.uint8) * np.uint8(255)
    deep = cv2.erode(inside, np.ones((2 * radius + 1, 2 * radius + 1), np.uint8))
    return cv2.blur(deep, (radius | 1, radius | 1)).astype(np.uint8)


def _firm(alpha: Floats, core: Bytes) -> Floats:
    """More contrast in the core of a subject: no holes that nothing in the photo explains."""
    firmer = np.clip((alpha - 0.5) * _CORE_GAIN + 0.5, 0, 1)
    mixed: Floats = alpha + floats(core) * (firmer - alpha)
    return mixed


def _lifted(mask: Floats, guide: Bytes, photo: Image.Image) -> Image.Image:
    """The mask (H, W) of the grid as an L image of the photo's size."""
    # Right for all but the tiles below: outside of them the mask is all 0 or all 1.
    alpha = Image.fromarray(_eight_bits(mask)).resize(photo.size, Image.Resampling.NEAREST)

    def lift(tile: Box) -> None:
        place = _on_photo(tile, mask.shape, photo.size)
        around = grown(tile, 2 * _LIFT_RADIUS + 1, mask.shape)
        colours, level = floats(guide[at(around)]), mask[at(around)]
        slope = mean(fit(colours, level, _LIFT_RADIUS, _LIFT_SMOOTHNESS).slope, _LIFT_RADIUS)
        # The offset that gives back the grid's own alpha for the grid's own colours: what is lifted keeps
        # the mean of each cell, and where the photo shows no detail it is the plain enlargement.
        offset = level - np.einsum("ijk,ijk->ij", slope, colours)
        source = _in_cells(place, around, mask.shape, photo.size)
        size = (place[2] - place[0], place[3] - place[1])
        lifted = _enlarged(offset, size, source)
        pixels = floats(np.asarray(photo.crop(place)))
        for band in range(3):
            lifted += _enlarged(slope[..., band], size, source) * pixels[..., band]
        alpha.paste(Image.fromarray(_eight_bits(np.clip(lifted, 0, 1))), place[:2])

    pixels_per_cell = max(photo.width / mask.shape[1], photo.height / mask.shape[0])
    for_each(lift, tiles(_is_soft(mask), max(1, int(_LIFTED_TILE / pixels_per_cell))))
    return alpha


def _enlarged(values: Floats, size: tuple[int, int], source: tuple[float, float, float, float]) -> Floats:
    """The box `source` of the values, in cells and fractions of cells, at `size`."""
    image = Image.fromarray(np.ascontiguousarray(values))
    return np.array(image.resize(size, Image.Resampling.BILINEAR, source))


def _is_soft(mask: Floats) -> NDArray[np.bool_]:
    """Where two cells around are not all background and not all subject."""
    window = np.ones((5, 5), np.uint8)
    soft: NDArray[np.bool_] = (cv2.dilate(mask, window) > _MARGIN) & (cv2.erode(mask, window) < 1 - _MARGIN)
    return soft


def _on_photo(box: Box, shape: tuple[int, ...], size: tuple[int, int]) -> Box:
    """The pixels of the photo for a box of cells; neighbouring boxes neither overlap nor leave a gap."""
    across, down = size[0] / shape[1], size[1] / shape[0]
    left, top, right, bottom = box
    return round(left * across), round(top * down), round(right * across), round(bottom * down)


def _in_cells(
    place: Box, around: Box, shape: tuple[int, ...], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Pixels of the photo in cells and fractions of cells, counted from the corner of `around`."""
    across, down = shape[1] / size[0], shape[0] / size[1]
    left, top, right, bottom = place
    return (
        max(left * across - around[0], 0),
        max(top * down - around[1], 0),
        min(right * across - around[0], around[2] - around[0]),
        min(bottom * down - around[1], around[3] - around[1]),
    )


def _eight_bits(alpha: Floats) -> Bytes:
    bytes_: Bytes = (alpha * np.float32(255) + _LENIENCE).astype(np.uint8)
    return bytes_
