"""Probabilities at the model's size to alpha at the photo's size."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_STRIP_ROWS = 256

# Cutting to eight bits, as rembg does, places borders a little better than rounding (boundary F-score
# 0.7799 against 0.7796 on davis, 0.6018 against 0.6012 on the mattes), but what is all but opaque has
# to be opaque: mean error 8.41 against 8.48 (x100) with this tenth.
_LENIENCE = np.float32(0.1)


def refine(probabilities: NDArray[np.float32], size: tuple[int, int]) -> Image.Image:
    """float32 (S, S) in 0..1 to an L image of `size` (width, height).

    Stretched as rembg does, which is safe here because a subject is there. Lifted in float, where
    rembg cuts to eight bits first. Bicubic, because Lanczos rings: gradient error 2.92 against 2.94
    (x100) on the mattes, all else equal to the third digit.
    """
    width, height = size
    mask = Image.fromarray(_stretched(probabilities))
    alpha = np.empty((height, width), np.uint8)
    # In strips, so that a 50-megapixel photo never exists in float.
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        alpha[top:bottom] = _lifted(mask, size, top, bottom)
    return Image.fromarray(alpha)


def _stretched(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (S, S) from 0 to 255."""
    lowest, highest = float(probabilities.min()), float(probabilities.max())
    scale = np.float32(255 / max(highest - lowest, 1e-6))
    return (probabilities - np.float32(lowest)) * scale


def _lifted(mask: Image.Image, size: tuple[int, int], top: int, bottom: int) -> NDArray[np.uint8]:
    """uint8 (bottom - top, width). A box in fractions keeps neighbouring strips seamless."""
    width, height = size
    scale = mask.height / height
    box = (0, top * scale, mask.width, min(bottom * scale, mask.height))
    strip = mask.resize((width, bottom - top), Image.Resampling.BICUBIC, box)
    lifted: NDArray[np.uint8] = (np.clip(np.asarray(strip), 0, 255) + _LENIENCE).astype(np.uint8)
    return lifted
