"""How sure we are of a mask: what sorts a batch by "needs a look"."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.tiles import Bytes, Floats, as_floats

_SIDE = 256
_OUTLINE = 5  # pixels either side of it, 2 % of the picture
_STEEPNESS = 5  # a fifth of a bit of doubt for each pixel of the subject makes one half
_BEYOND = 1  # so does a second subject, which only the companion sees
_CONTRAST = 30  # and so many units of CIELAB between the two sides of the outline
_ALIKE = 0.9  # of colours that are all shared, so much counts against a mask
_NEAR, _AROUND = 6, 7  # pixels: how wide the two sides of the outline are, and the surroundings of one place
_BINS = 13  # of the lightness, and of each of the other two; a cell is 8, 20 and 20 units wide

# Of 37 photos with true masks and 182 crops of them, a product
# below this names 46 of the 64 whose IoU is below 0.8, and 31 of the 155 others; nine of ten would take more
# than half of the others along.
_LEAST = 0.2

# Below this a person should look: the least product, on the scale that people see.
NEEDS_A_LOOK = 0.5

Opinions = tuple[Floats, Floats]


def confidence(probabilities: Floats, photo: Image.Image, opinions: Opinions | None = None) -> float:
    """float32 (H, W) in 0..1 to a number between 0 and 1; `opinions` are two networks' own, of any sizes.

    `photo` is RGB. A product: what the mask leaves open, what the companion sees beyond it, and how unlike
    its two sides are in the photo. Over 219 photos and crops its rank correlation with IoU is 0.68 (0.56
    without colours, 0.67 without the companion), over the 37 photos alone 0.73. A weighing of the same signs,
    fitted on the other photos each time, has 0.66, and none of thirty signs has more: networks that are both
    wrong about what the subject is agree, draw it crisply, and along edges that the photo does have.
    """
    small = _small(probabilities)
    product = _sureness(small) * _distinction(small, photo)
    if opinions:
        product *= _agreement(small, _small(opinions[1]))
    return product**2 / (product**2 + _LEAST**2)


def _small(mask: Floats) -> Floats:
    return as_floats(cv2.resize(mask, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA))


def _agreement(mask: Floats, other: Floats) -> float:
    """Less for each pixel that the companion takes for the subject and the mask, in the end, does not.

    What it sees less is no sign: IoU of both, the usual measure, ranks worse.
    """
    inside = mask >= 0.5
    return float(1 / (1 + _BEYOND * other[~inside].sum() / max(np.count_nonzero(inside), 1)))


def _sureness(mask: Floats) -> float:
    """The binary entropy away from the outline, for each pixel of the subject.

    Near an outline every network doubts, right or wrong; where it could not tell whether a whole part
    belongs, the doubt lies in areas. The certainty |2p - 1|, the IoU of the masks at two thresholds, and the
    entropy of all pixels rank worse. Neither the size of the outline nor the resolution changes much.
    """
    subject = (mask >= 0.5).astype(np.uint8)
    doubt = np.where(_band(subject, _OUTLINE), 0, _entropy(mask))
    return float(1 / (1 + _STEEPNESS * doubt.sum() / max(int(subject.sum()), 1)))


def _distinction(mask: Floats, photo: Image.Image) -> float:
    """How unlike subject and background are: along the outline, and all their colours taken together.

    Networks err where a thing looks like what is behind it, and are sure of themselves all the same.
    """
    subject = (mask >= 0.5).astype(np.uint8)
    if not 0 < subject.mean() < 1:
        return 1.0
    picture = photo.resize((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=2)
    colours = as_floats(cv2.cvtColor(np.asarray(picture, np.float32) / 255, cv2.COLOR_RGB2LAB))
    contrast = _contrast(subject, colours)
    return contrast / (contrast + _CONTRAST) * (1 - _ALIKE * _shared(subject, colours))


def _contrast(subject: Bytes, colours: Floats) -> float:
    """The mean distance in CIELAB between both sides of the outline, at each of its places."""
    band = _band(subject, _NEAR)
    inside, outside = (_means(colours, band & (subject == side)) for side in (1, 0))
    return float(np.linalg.norm(inside - outside, axis=-1)[_band(subject, 1)].mean())


def _means(colours: Floats, where: NDArray[np.bool_]) -> Floats:
    """Of the surroundings of each pixel, those colours that count."""
    weight, window = where.astype(np.float32), (2 * _AROUND + 1, 2 * _AROUND + 1)
    total = cv2.blur(weight, window) + np.float32(1e-4)
    return as_floats(cv2.blur(colours * weight[..., None], window) / total[..., None])


def _shared(subject: Bytes, colours: Floats) -> float:
    """Which part of both histograms is one and the same: 0 to 1."""
    cells = np.clip(colours / (8, 20, 20) + (0, 6.5, 6.5), 0, _BINS - 1).astype(int)
    numbers = (cells[..., 0] * _BINS + cells[..., 1]) * _BINS + cells[..., 2]
    counts = [np.bincount(numbers[subject == side], minlength=_BINS**3) for side in (1, 0)]
    return float(np.minimum(*(count / count.sum() for count in counts)).sum())


def _band(subject: Bytes, reach: int) -> NDArray[np.bool_]:
    """So many pixels either side of the outline."""
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    near: NDArray[np.bool_] = cv2.dilate(subject, square) != cv2.erode(subject, square)
    return near


def _entropy(probabilities: Floats) -> Floats:
    """In bits."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return as_floats(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)))
