"""How alike two pictures are, as people see it."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def similarity(one: Image.Image, other: Image.Image) -> float:
    """SSIM of two pictures of one size, in grey, with the usual window and constants."""
    a, b = (np.asarray(picture.convert("L"), np.float32) for picture in (one, other))

    def blur(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float32)

    mean_a, mean_b = blur(a), blur(b)
    spread_a, spread_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    shared = blur(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + 6.5025) / (mean_a**2 + mean_b**2 + 6.5025)
    return float((light * (2 * shared + 58.5225) / (spread_a + spread_b + 58.5225)).mean())
