"""Photo to raw probabilities, at the size at which the network saw it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.errors import NoSubject
from images.engine.matte.confidence import Opinions
from images.engine.matte.fuse import fused
from images.engine.networks.catalogue import Model
from images.engine.networks.network import Network
from images.engine.photo import Photo

# Measured with IS-Net: on flat colours, gradients and noise no probability passes 0.19, and with U2-Net none
# passes 0.03. Each of the 38 photos of the benchmark sets reaches 0.997, and at least 2 % of its pixels pass
# 0.5. A drawn disc of 8 pixels radius in 800x600 is found, and covers 5 pixels in 10,000.
_SUBJECT_PROBABILITY = 0.5
_SUBJECT_AREA = 1 / 10_000

# No side of a thumbnail is longer.
_SMALL = 128

# What the network sees behind a transparent source, so that white and black logos both show.
_GREY = (128, 128, 128, 255)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the networks say of a photo, each float32 (H, W) in 0..1, the companion's of another size.

    `probabilities` is `alone`, which is the main network's own, with what the companion adds.
    """

    probabilities: NDArray[np.float32]
    alone: NDArray[np.float32]
    companion: NDArray[np.float32] | None
    companion_name: str

    @property
    def opinions(self) -> Opinions | None:
        """What each of two networks said for itself."""
        return None if self.companion is None else (self.alone, self.companion)


def look(photo: Photo, network: Network) -> Sight:
    """What the network sees, and its companion if it has one. Raises NoSubject."""
    alone = _seen_by(network, photo)
    companion = network.companion
    second = _seen_by(companion, photo) if companion else None
    probabilities = alone if second is None else fused(alone, second)
    if np.mean(probabilities >= _SUBJECT_PROBABILITY) < _SUBJECT_AREA:
        raise nothing_found(photo.size)
    return Sight(probabilities, alone, second, companion.model.name if companion else "")


def predict(photo: Photo, network: Network) -> NDArray[np.float32]:
    """float32 (H, W) in 0..1, of a photo or a part of one. Raises NoSubject."""
    return look(photo, network).probabilities


def nothing_found(size: tuple[int, int]) -> NoSubject:
    """Of a thumbnail people would not believe that it shows nothing: it is too small for the network."""
    width, height = size
    if max(size) < _SMALL:
        return NoSubject("too_small", {"width": width, "height": height})
    return NoSubject("no_subject")


def _seen_by(network: Network, photo: Photo) -> NDArray[np.float32]:
    model = network.model
    size = model.rectangle(photo.size) if network.takes_rectangles else model.square
    return network.run(input_tensor(photo, model, size))


def input_tensor(photo: Photo, model: Model, size: tuple[int, int] | None = None) -> NDArray[Any]:
    """float32 (1, 3, H, W), as BaseSession.normalize of rembg makes it: brightest value to 1.

    `size` is width and height; without one it is the model's square. Where rembg itself does that, it gets
    uint8 (H, W, 3).
    """
    small = photo.resized(size or model.square, Image.Resampling.LANCZOS)
    if small.mode == "RGBA":
        small = Image.alpha_composite(Image.new("RGBA", small.size, _GREY), small).convert("RGB")
    if model.is_run_by_rembg:
        return np.array(small)
    pixels = np.array(small, np.float32)
    pixels /= max(float(pixels.max()), 1e-6)
    pixels -= np.asarray(model.mean, np.float32)
    pixels /= np.asarray(model.std, np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[np.newaxis])
