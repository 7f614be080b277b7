"""What a loaded model is to the engine, whatever runs it."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from images.engine.networks.catalogue import Model


class Network(Protocol):
    """A loaded model; one per process, since it holds the weights."""

    model: Model
    weights_sha256: str
    backend: str  # the library that runs it, its version and its precision, for people
    takes_rectangles: bool  # or only the square that the model was trained on
    companion: "Network | None"  # a second opinion, which may join later

    def run(self, tensor: NDArray[Any]) -> NDArray[np.float32]:
        """float32 (1, 3, H, W), normalised, to float32 (H, W), probabilities of being subject.

        A network that rembg runs takes the picture itself, uint8 (H, W, 3).
        """
        ...


def probabilities(output: NDArray[np.float32], model: Model) -> NDArray[np.float32]:
    """float32 (1, 1, H, W), as the weights give it, to float32 (H, W) in 0..1; a copy."""
    mask = np.array(output[0, 0], np.float32)
    if model.gives_logits:
        mask = (1 / (1 + np.exp(-np.clip(mask, -80, 80)))).astype(np.float32)
    return mask
