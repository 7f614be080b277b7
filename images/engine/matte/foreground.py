"""The subject's own colour where alpha is soft, so that nothing of the old background shows at its edge.

A soft pixel is a mixture, C = α F + (1 − α) B. From coarse to fine, F and B are first the means of their
surroundings, each pixel weighed by the square of how much it shows of the one or the other, and then moved
the shortest way to two colours that do mix to C. The pyramid is that of Germer et al., “Fast Multi-Level
Foreground Estimation” (2020), the means are those of Forte, “Approximate Fast Foreground Colour Estimation”
(2021); either alone is less exact, as the figures of tests/bench/edges.py show.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.tiles import Box, Floats, at, floats, for_each, grown, squares, tiles

# The whole photo is worked on in this size; only what lies around the soft band, in its own.
_OVERVIEW = 1024
_TILE = 512
_WINDOW, _ROUNDS = 5, 2
_LAST_ROUNDS = 1  # at the photo's own size, where time goes: error 8.1 for 7.4 with two, rembg's 9.0
# Pixels of the overview that a tile has to know around itself: the reach of all finer levels together.
_REACH = _ROUNDS * (_WINDOW // 2)
_SMALLEST = 8
# Keeps a weight from being zero, and so a colour from being unknown.
_FAINT = np.float32(1e-3)


@dataclass(frozen=True, slots=True)
class Layers:
    """What a picture is mixed from: two of float32 (H, W, 3), 0 to 1."""

    front: Floats
    back: Floats


def with_own_colours(
    photo: Image.Image, alpha: Image.Image, is_pure: Image.Image | None = None
) -> Image.Image:
    """A copy of the RGB photo in which soft pixels show the subject alone.

    `alpha` is an L image of its size. Where it is 0 or 255 no pixel changes, nor where `is_pure`, an L image
    too, is not 0: colours that are known to be no mixture.
    """
    result, step = photo.copy(), _step(photo.size)
    overview = _overview(photo, alpha, step)

    def unmix(square: Box) -> None:
        soft = _soft(alpha, square, is_pure)
        for tile in tiles(soft, _TILE, square[:2]):
            around = _aligned(grown(tile, _REACH * step, (photo.height, photo.width)), step)
            front = _front(photo, alpha, around, overview, step)[at(tile, around)]
            own = Image.fromarray(np.rint(front * 255).astype(np.uint8))
            mask = soft[at(tile, square)].astype(np.uint8) * np.uint8(255)
            result.paste(own, tile[:2], Image.fromarray(mask))

    for_each(unmix, squares(photo.size, _TILE))
    return result


def _soft(alpha: Image.Image, box: Box, is_pure: Image.Image | None) -> NDArray[np.bool_]:
    levels = np.asarray(alpha.crop(box))
    soft: NDArray[np.bool_] = (levels > 0) & (levels < 255)
    return soft if is_pure is None else soft & (np.asarray(is_pure.crop(box)) == 0)


def _front(photo: Image.Image, alpha: Image.Image, box: Box, overview: Layers, step: int) -> Floats:
    """The foreground's colours in a box that begins on a whole pixel of the overview."""
    layers = _cut(overview, box, step)
    if step == 1:
        return layers.front
    colours, share = _pixels(photo, box), _pixels(alpha, box)
    halvings = step.bit_length() - 2  # the coarsest level of the tile is twice as fine as the overview
    return _unmixed(colours, share, layers, halvings, _LAST_ROUNDS).front


def _step(size: tuple[int, int]) -> int:
    """Pixels of the photo for one of the overview: a power of two."""
    step = 1
    while max(size) > _OVERVIEW * step:
        step *= 2
    return step


def _overview(photo: Image.Image, alpha: Image.Image, step: int) -> Layers:
    colours, share = floats(np.asarray(photo.reduce(step))), floats(np.asarray(alpha.reduce(step)))
    halvings = max(0, (max(share.shape) // _SMALLEST).bit_length() - 1)
    return _unmixed(colours, share, None, halvings)


def _unmixed(
    colours: Floats, share: Floats, start: Layers | None, halvings: int, rounds: int = _ROUNDS
) -> Layers:
    """Of colours (H, W, 3) and the share (H, W) that is foreground, after so many coarser levels."""
    if halvings > 0:
        start = _unmixed(_halved(colours), _halved(share), start, halvings - 1)
    guess = _enlarged(start, share.shape) if start else Layers(colours, colours)
    return _settled(colours, share[..., None], guess, rounds)


def _settled(colours: Floats, share: Floats, layers: Layers, rounds: int) -> Layers:
    """One level of the pyramid; `share` is (H, W, 1)."""
    rest = 1 - share
    front_weight, back_weight = (share + _FAINT) ** 2, (rest + _FAINT) ** 2
    front_total, back_total = _mean(front_weight), _mean(back_weight)
    nearness = 1 / (share * share + rest * rest)
    front, back = layers.front, layers.back
    for _ in range(rounds):
        front = _mean(front * front_weight) / front_total
        back = _mean(back * back_weight) / back_total
        missing = (colours - share * front - rest * back) * nearness
        front = np.clip(front + share * missing, 0, 1)
        back = np.clip(back + rest * missing, 0, 1)
    return Layers(front, back)


def _mean(values: Floats) -> Floats:
    blurred = np.asarray(cv2.blur(values, (_WINDOW, _WINDOW)), np.float32)
    return blurred.reshape(values.shape)  # OpenCV drops a last axis of one


def _halved(values: Floats) -> Floats:
    size = ((values.shape[1] + 1) // 2, (values.shape[0] + 1) // 2)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def _enlarged(layers: Layers, shape: tuple[int, ...]) -> Layers:
    size = (shape[1], shape[0])
    front = cv2.resize(layers.front, size, interpolation=cv2.INTER_NEAREST)
    back = cv2.resize(layers.back, size, interpolation=cv2.INTER_NEAREST)
    return Layers(np.asarray(front, np.float32), np.asarray(back, np.float32))


def _aligned(box: Box, step: int) -> Box:
    """Begun on a whole pixel of the overview, so that its levels lie upon those of the tile."""
    left, top, right, bottom = box
    return left // step * step, top // step * step, right, bottom


def _cut(overview: Layers, box: Box, step: int) -> Layers:
    left, top, right, bottom = box
    part = at((left // step, top // step, -(-right // step), -(-bottom // step)))
    return Layers(overview.front[part], overview.back[part])


def _pixels(image: Image.Image, box: Box) -> Floats:
    return floats(np.asarray(image.crop(box)))
