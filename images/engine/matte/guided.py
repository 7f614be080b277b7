"""Local linear models: how a mask follows the colours of a photo.

He, Sun and Tang, “Guided Image Filtering” (ECCV 2010): inside a small window alpha is taken to be a linear
function of colour, alpha = slope · colour + offset, and the windows around a pixel are averaged. That is the
closed-form matting model of Levin, Lischinski and Weiss (2008) without its global system of equations,
which would cost seconds a megapixel.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from images.engine.tiles import Floats

# Below this variance (a tenth of a percent of the range) a mask is flat, and nothing needs explaining.
_FLAT = np.float32(1e-4)
# What smoothness keeps above zero, rounding may take below it.
_LEAST = np.float32(1e-7)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Per pixel, of the window around it: `slope` float32 (H, W, 3), the others (H, W).

    `trust` is the share of the mask's variance that the colours explain, 0 to 1: high where subject and
    background differ, low where they look alike.
    """

    slope: Floats
    offset: Floats
    trust: Floats


def fit(guide: Floats, mask: Floats, radius: int, smoothness: float) -> LinearModel:
    """Ridge regression of mask (H, W) on guide (H, W, 3), both 0 to 1, in windows of 2 · radius + 1."""
    colour, level = mean(guide, radius), mean(mask, radius)
    shared = mean(guide * mask[..., None], radius) - colour * level[..., None]
    slope = _solved(_spread(guide, colour, radius, smoothness), shared)
    variance = mean(mask * mask, radius) - level * level
    explained = _dot(slope, shared)
    trust: Floats = np.clip(explained / (np.maximum(variance, 0) + _FLAT), 0, 1)
    return LinearModel(slope, level - _dot(slope, colour), trust)


def averaged(model: LinearModel, guide: Floats, radius: int) -> Floats:
    """What the windows around each pixel say together, each weighed by its trust: float32 (H, W)."""
    weight = model.trust + np.float32(1e-6)
    total = mean(weight, radius)
    slope = mean(model.slope * weight[..., None], radius)
    return (_dot(slope, guide) + mean(model.offset * weight, radius)) / total


def mean(values: Floats, radius: int) -> Floats:
    """Over windows of 2 · radius + 1 pixels; borders are mirrored."""
    side = 2 * radius + 1
    return cast(Floats, cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT))


def _dot(left: Floats, right: Floats) -> Floats:
    product: Floats = np.einsum("ijk,ijk->ij", left, right)
    return product


def _spread(guide: Floats, colour: Floats, radius: int, smoothness: float) -> list[Floats]:
    """The six different entries of each window's colour covariance: 00 01 02 11 12 22."""
    entries = []
    for i in range(3):
        for j in range(i, 3):
            entry = mean(guide[..., i] * guide[..., j], radius) - colour[..., i] * colour[..., j]
            entries.append(entry + np.float32(smoothness) if i == j else entry)
    return entries


def _solved(matrix: list[Floats], right: Floats) -> Floats:
    """A symmetric 3 × 3 system at every pixel, by its factors L D Lᵀ.

    Not by Cramer's rule: of a grey picture all entries are nearly the same, and what is left of their
    products is less than float32 can hold.
    """
    a, b, c, d, e, f = matrix
    ab, ac = b / a, c / a
    d = np.maximum(d - ab * b, _LEAST)
    e = e - ab * c
    de = e / d
    f = np.maximum(f - ac * c - de * e, _LEAST)
    y = right[..., 1] - ab * right[..., 0]
    z = (right[..., 2] - ac * right[..., 0] - de * y) / f
    y = y / d - de * z
    return np.stack([right[..., 0] / a - ab * y - ac * z, y, z], -1)
