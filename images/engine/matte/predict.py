"""Photo to raw probabilities, at the model's own size."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.errors import NoSubject
from images.engine.networks.catalogue import Model
from images.engine.networks.network import Network
from images.engine.photo import Photo

# Measured with IS-Net: on flat colours, gradients and noise no probability passes 0.19. Each of the
# 38 photos of the benchmark sets reaches 0.997, and at least 2 % of its pixels pass 0.5. A drawn
# disc of 8 pixels radius in 800x600 is found, and covers 5 pixels in 10,000.
_SUBJECT_PROBABILITY = 0.5
_SUBJECT_AREA = 1 / 10_000

# No side of a thumbnail is longer.
_SMALL = 128

# What the network sees behind a transparent source, so that white and black logos both show.
_GREY = (128, 128, 128, 255)


def predict(photo: Photo, network: Network) -> NDArray[np.float32]:
    """float32 (S, S) in 0..1, S being the model's input size. Raises NoSubject."""
    probabilities = network.run(input_tensor(photo, network.model))
    if np.mean(probabilities >= _SUBJECT_PROBABILITY) < _SUBJECT_AREA:
        raise nothing_found(photo.size)
    return probabilities


def nothing_found(size: tuple[int, int]) -> NoSubject:
    """Of a thumbnail people would not believe that it shows nothing: it is too small for the network."""
    width, height = size
    if max(size) < _SMALL:
        return NoSubject("too_small", {"width": width, "height": height})
    return NoSubject("no_subject")


def input_tensor(photo: Photo, model: Model) -> NDArray[np.float32]:
    """float32 (1, 3, S, S), as BaseSession.normalize of rembg makes it: brightest value to 1."""
    side = model.input_size
    small = photo.resized((side, side), Image.Resampling.LANCZOS)
    if small.mode == "RGBA":
        small = Image.alpha_composite(Image.new("RGBA", small.size, _GREY), small).convert("RGB")
    pixels = np.array(small, np.float32)
    pixels /= max(float(pixels.max()), 1e-6)
    pixels -= np.asarray(model.mean, np.float32)
    pixels /= np.asarray(model.std, np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[np.newaxis])
