"""Sixteen bits a value: what a photo has of them, and what of them goes into its cut-out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.tiles import for_each

Words = NDArray[np.uint16]
Bytes = NDArray[np.uint8]

_STRIP_ROWS = 256
_STEP = 257  # of sixteen bits for one of eight


@dataclass(frozen=True, slots=True)
class Depth:
    """The sixteen bits behind a picture of eight: `pixels` uint16 (H, W, 3 or 4), which hold where the
    L image `kept` is not 0. Elsewhere the picture shows something else than the photo did, and nothing of
    the photo may remain."""

    pixels: Words
    kept: Image.Image

    def rows(self, picture: Image.Image, top: int, bottom: int) -> Words:
        """Some rows of the RGB or RGBA picture: uint16 (rows, W, 3 or 4)."""
        box = (0, top, picture.width, bottom)
        values = np.asarray(picture.crop(box)).astype(np.uint16) * np.uint16(_STEP)
        bands = min(values.shape[2], self.pixels.shape[2])
        mask = np.asarray(self.kept.crop(box)) != 0
        values[..., :bands][mask] = self.pixels[top:bottom][..., :bands][mask]
        return values


def eight_bits(words: Words) -> Bytes:
    """Rounded, in the same shape."""
    result = np.empty(words.shape, np.uint8)

    def shorten(top: int) -> None:
        strip = words[top : top + _STRIP_ROWS].astype(np.uint32)
        result[top : top + _STRIP_ROWS] = (strip * 255 + 32_895) >> 16

    for_each(shorten, range(0, len(words), _STRIP_ROWS))
    return result
