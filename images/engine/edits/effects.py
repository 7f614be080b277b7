"""What lies between ground and subject: a shadow cast or one of contact, and an outline.

Each is drawn from the alpha of the placed subject, in its frame. `reach` says beforehand, in the photo's own
pixels, how far they go beyond the subject, so that the frame has room for them.
"""

import math

import cv2
import numpy as np
from PIL import Image

from images.engine.codecs.colour import from_srgb
from images.engine.edits.fields import Number
from images.engine.edits.layers import Tint, visible
from images.engine.edits.parts import Box, Contact, Drop, Outline, Shadow, Unit
from images.engine.edits.place import around
from images.engine.edits.recipe import Recipe
from images.engine.tiles import Bytes, Floats, as_floats

# `softness` is where a shadow has faded away: so many standard deviations.
_FADED = 3.0
# A soft shadow is blurred on a picture reduced by so much that this deviation is left.
_DEVIATION = 4.0
# How far above the ground, in heights of the pool, a part of the subject still darkens it by a third.
_LIFT = 2.0


def reach(recipe: Recipe, subject: Box) -> Box:
    """The subject's box with its outline and its shadow."""
    size, box = max(subject.width, subject.height), subject
    if recipe.outline:
        box = _grown(box, math.ceil(_pixels(recipe.outline.width, recipe.outline.unit, size)) + 1)
    if isinstance(recipe.shadow, Drop):
        across, down = _offset(recipe.shadow, size)
        box = around(box, _grown(_moved(box, across, down), _soft(recipe.shadow, size)))
    if isinstance(recipe.shadow, Contact):
        height = math.ceil(_pixels(recipe.shadow.height, recipe.shadow.unit, size))
        side = _soft(recipe.shadow, size)
        box = around(box, Box(box.left - side, box.top, box.right + side, box.bottom + height + side))
    return box


def _soft(shadow: Shadow, size: float) -> int:
    return math.ceil(_pixels(shadow.softness, shadow.unit, size)) + 1


def _pixels(length: Number, unit: Unit, size: float) -> float:
    return float(length) if unit is Unit.PIXELS else float(length) / 100 * size


def _offset(shadow: Drop, size: float) -> tuple[float, float]:
    angle, distance = math.radians(float(shadow.angle)), _pixels(shadow.distance, shadow.unit, size)
    return math.sin(angle) * distance, -math.cos(angle) * distance


def _grown(box: Box, by: int) -> Box:
    return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)


def _moved(box: Box, across: float, down: float) -> Box:
    left, top = math.floor(box.left + across), math.floor(box.top + down)
    return Box(left, top, math.ceil(box.right + across), math.ceil(box.bottom + down))


def draw(
    recipe: Recipe, subject: Image.Image, scale: float, icc: bytes | None
) -> tuple[Tint | None, Tint | None]:
    """Shadow and outline of the RGBA subject in its frame; `scale` is that of the frame."""
    box = visible(subject)
    if box is None or not (recipe.shadow or recipe.outline):
        return None, None
    alpha, size = np.asarray(subject.getchannel("A")), max(box.width, box.height)
    outline = None
    if recipe.outline and recipe.outline.width:
        alpha = _outlined(alpha, box, recipe.outline, size, scale)
        outline = Tint(from_srgb(recipe.outline.colour, icc), Image.fromarray(alpha))
    if recipe.shadow is None:
        return None, outline
    strength = _cast(recipe.shadow, alpha, box, size, scale)
    return Tint(from_srgb(recipe.shadow.colour, icc), Image.fromarray(strength)), outline


def _length(length: Number, unit: Unit, size: float, scale: float) -> float:
    """In pixels of the frame."""
    return float(length) * scale if unit is Unit.PIXELS else float(length) / 100 * size


def _outlined(alpha: Bytes, box: Box, outline: Outline, size: float, scale: float) -> Bytes:
    """uint8 (H, W): the subject and so many pixels around it, with an edge of one soft pixel."""
    width = _length(outline.width, outline.unit, size, scale)
    part = _slices(_grown(box, math.ceil(width) + 2), alpha.shape)
    is_outside = (alpha[part] < 128).astype(np.uint8)
    distance = cv2.distanceTransform(is_outside, cv2.DIST_L2, cv2.DIST_MASK_5)
    ring = np.rint(np.clip(width + 0.5 - distance, 0, 1) * 255).astype(np.uint8)
    result = alpha.copy()
    result[part] = np.maximum(ring, alpha[part])
    return result


def _slices(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    left, top = max(box.left, 0), max(box.top, 0)
    return slice(top, min(box.bottom, shape[0])), slice(left, min(box.right, shape[1]))


def _cast(shadow: Shadow, alpha: Bytes, box: Box, size: float, scale: float) -> Bytes:
    """uint8 (H, W)."""
    deviation = _length(shadow.softness, shadow.unit, size, scale) / _FADED
    opacity = float(shadow.opacity) / 100
    if isinstance(shadow, Drop):
        across, down = _offset(shadow, size) if shadow.unit is Unit.PERCENT else _offset(shadow, 0)
        factor = scale if shadow.unit is Unit.PIXELS else 1.0
        return _dropped(alpha, across * factor, down * factor, deviation, opacity)
    height = max(_length(shadow.height, shadow.unit, size, scale), 1.0)
    return _pool(alpha, box, height, deviation, opacity)


def _dropped(alpha: Bytes, across: float, down: float, deviation: float, opacity: float) -> Bytes:
    """The silhouette, moved and blurred."""
    factor = max(1, int(deviation / _DEVIATION))
    height, width = alpha.shape
    small = np.asarray(Image.fromarray(alpha).reduce(factor), np.float32)
    matrix = np.array([[1, 0, across / factor], [0, 1, down / factor]])
    moved = as_floats(cv2.warpAffine(small, matrix, (small.shape[1], small.shape[0]), flags=cv2.INTER_LINEAR))
    return _enlarged(_blurred(moved, deviation / factor) * opacity, factor, (width, height))


def _pool(alpha: Bytes, box: Box, height: float, deviation: float, opacity: float) -> Bytes:
    """Below each column of the subject a dark stroke, the fainter the higher the column ends above the
    ground; all of them blurred, more along the ground than up from it.
    """
    factor = max(1, int(deviation / _DEVIATION / 2))
    small = np.asarray(Image.fromarray(alpha).reduce(factor), np.float32) / 255
    high = height / factor
    is_subject = small >= 0.5
    rows = np.arange(len(small))[:, None]
    lowest = np.where(is_subject.any(0), len(small) - 1 - is_subject[::-1].argmax(0), -1)
    ground = box.bottom / factor
    lift = np.maximum(ground - lowest - 1, 0)
    weight = np.where(lowest >= 0, np.exp(-((lift / (_LIFT * high)) ** 2)), 0)
    # The stroke lies on the ground, half of it behind the subject.
    stroke = np.clip(high / 2 + 0.5 - np.abs(rows + 0.5 - ground), 0, 1)
    pool = (stroke * weight[None, :] * 255).astype(np.float32)
    wide = max(deviation / factor, 0.3)
    soft = cv2.GaussianBlur(pool, (0, 0), wide, sigmaY=max(wide / 2, 0.3), borderType=cv2.BORDER_CONSTANT)
    return _enlarged(np.asarray(soft, np.float32) * opacity, factor, (alpha.shape[1], alpha.shape[0]))


def _blurred(values: Floats, deviation: float) -> Floats:
    if deviation < 0.2:
        return values
    return np.asarray(cv2.GaussianBlur(values, (0, 0), deviation, borderType=cv2.BORDER_CONSTANT), np.float32)


def _enlarged(values: Floats, factor: int, size: tuple[int, int]) -> Bytes:
    """Back to the frame's size: each pixel of the reduced picture stands for so many."""
    levels = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    if factor == 1:
        return levels
    # Reduced sizes are rounded up: enlarged whole, then cut to the frame.
    whole = (levels.shape[1] * factor, levels.shape[0] * factor)
    large = np.asarray(cv2.resize(levels, whole, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.ascontiguousarray(large[: size[1], : size[0]])
