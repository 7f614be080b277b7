"""The photo's own background, blurred without the subject, greyed or darkened.

A blurred photo carries the subject's colours into its surroundings as a halo. Here each pixel counts for as
much as it shows of the background, G(I · (1 − α)) / G(1 − α), so that the subject gives nothing.
"""

import cv2
import numpy as np
from PIL import Image

from images.engine.edits.parts import Blur, Dark, Grey
from images.engine.edits.sources import Sources
from images.engine.tiles import Floats, as_floats, floats, for_each

_STRIP_ROWS = 256
# A blur of many pixels is made on a picture reduced by so much that this deviation is left: nobody sees it.
_DEVIATION = 4.0
# In the middle of a large subject nothing is known; a wide blur of the rest stands in for it.
_UNKNOWN = np.float32(1e-3)


def background(ground: Blur | Grey | Dark, sources: Sources) -> Image.Image:
    """RGB of the upright photo's size, in its colours."""
    photo = sources.photo.rgb
    if isinstance(ground, Blur):
        deviation = float(ground.strength) / 100 * max(photo.size)
        return photo if deviation < 0.3 else _blurred(photo, sources.cutout.getchannel("A"), deviation)
    return _toned(photo, ground)


def _blurred(photo: Image.Image, alpha: Image.Image, deviation: float) -> Image.Image:
    factor = max(1, int(deviation / _DEVIATION))
    colours = as_floats(np.asarray(photo.reduce(factor)))
    rest = 1 - floats(np.asarray(alpha.reduce(factor)))
    # What is half subject has half of its colour: only what is background to nine tenths speaks for it.
    share = as_floats(np.clip(rest * 10 - 9, 0, 1))[..., None]
    small = np.rint(_unmixed(colours, share, deviation / factor)).astype(np.uint8)
    if factor == 1:
        return Image.fromarray(small)
    return Image.fromarray(np.asarray(cv2.resize(small, photo.size, interpolation=cv2.INTER_CUBIC), np.uint8))


def _unmixed(colours: Floats, share: Floats, deviation: float) -> Floats:
    weight = _smooth(share, deviation)[..., None]
    near = _smooth(colours * share, deviation)
    if not share.any():
        return colours  # no background at all: nothing of it will show
    if float(weight.min()) >= _UNKNOWN:
        return as_floats(near / weight)
    return as_floats((near + _far(colours, share) * _UNKNOWN) / (weight + _UNKNOWN))


def _far(colours: Floats, share: Floats) -> Floats:
    """What lies around, however far: from coarse to fine, the mean of what is known."""
    known, weight = colours * share, share
    levels = []
    while max(weight.shape[:2]) > 2:
        levels.append((known, weight))
        size = ((weight.shape[1] + 1) // 2, (weight.shape[0] + 1) // 2)
        known = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
        weight = np.asarray(cv2.resize(weight, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]
    mean = known.sum((0, 1)) / max(float(weight.sum()), 1e-6)
    guess = as_floats(np.broadcast_to(mean, (*weight.shape[:2], 3)))
    for known, weight in reversed(levels):
        size = (weight.shape[1], weight.shape[0])
        guess = np.asarray(cv2.resize(guess, size, interpolation=cv2.INTER_LINEAR), np.float32)
        guess = as_floats(known + guess * (1 - np.minimum(weight, 1)))
    return guess


def _smooth(values: Floats, deviation: float) -> Floats:
    smooth = cv2.GaussianBlur(values, (0, 0), deviation, borderType=cv2.BORDER_REFLECT)
    return np.asarray(smooth, np.float32)


def _toned(photo: Image.Image, ground: Grey | Dark) -> Image.Image:
    """Luma of Rec. 601, as `convert("L")` and a canvas' filter have it."""
    pixels = np.empty((photo.height, photo.width, 3), np.uint8)
    strength = float(ground.strength) / 100

    def tone(top: int) -> None:
        strip = photo.crop((0, top, photo.width, min(top + _STRIP_ROWS, photo.height)))
        if isinstance(ground, Dark):
            made = strip.point([round(level * (1 - strength)) for level in range(256)] * 3)
        else:
            made = Image.blend(strip, strip.convert("L").convert("RGB"), strength)
        pixels[top : top + strip.height] = np.asarray(made)

    for_each(tone, range(0, photo.height, _STRIP_ROWS))
    return Image.fromarray(pixels)
