"""A decoded photo, upright: in eight bits, and in sixteen where its file has more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.tiles import for_each

_STRIP_ROWS = 256
# A large photo is halved, or more, by plain means as long as it stays this many times as large as what is
# wanted: for 18 megapixels a third of the time, and probabilities that differ by 0.001 in the mean.
_GAP = 2


@dataclass(frozen=True, slots=True)
class Photo:
    """`rgb` is an RGB image; `alpha` an L image of its size, or None where the source is opaque.

    `icc` describes the colours of `rgb`; None means sRGB. `dpi` is kept for printing. `deep` is the same
    picture in uint16 (H, W, 3 or 4), where the source has more than eight bits a value.
    """

    rgb: Image.Image
    alpha: Image.Image | None = None
    icc: bytes | None = None
    dpi: tuple[float, float] | None = None
    deep: NDArray[np.uint16] | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.rgb.size

    def resized(self, size: tuple[int, int], resample: Image.Resampling) -> Image.Image:
        """RGB, or RGBA where the source has alpha. Hidden colours do not bleed into others."""
        if self.alpha is None:
            return _resized(self.rgb, size, resample)
        with_alpha = self.rgb.copy()
        with_alpha.putalpha(self.alpha)
        return with_alpha.resize(size, resample)  # Pillow weighs colour by alpha here

    def part(self, box: tuple[int, int, int, int]) -> "Photo":
        """What lies between left, top, right and bottom, as a photo of its own."""
        alpha = self.alpha.crop(box) if self.alpha else None
        return Photo(self.rgb.crop(box), alpha, self.icc, self.dpi)


def _resized(image: Image.Image, size: tuple[int, int], resample: Image.Resampling) -> Image.Image:
    """As `Image.resize`, but on all cores: each strip of the result is made by itself."""
    width, height = size
    step = max(1, int(min(image.width / width, image.height / height) / _GAP))
    across, down = image.width / step, image.height / step  # the last pixel of each row may be a part of one
    small = image.reduce(step) if step > 1 else image
    result, scale = Image.new(image.mode, size), down / height

    def make(top: int) -> None:
        bottom = min(top + _STRIP_ROWS, height)
        # Filters reach over the edges of a box, so the strips meet without a seam.
        box = (0, top * scale, across, min(bottom * scale, down))
        result.paste(small.resize((width, bottom - top), resample, box), (0, top))

    for_each(make, range(0, height, _STRIP_ROWS))
    return result
