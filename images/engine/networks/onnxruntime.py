"""Runs a model on ONNX Runtime. Only who builds a network imports it: it costs memory and time."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import Model
from images.engine.networks.network import Network, probabilities

# Since 1.29 it tells Microsoft about each process, session and model, beginning at its import. So set, it
# opens no connection and makes no device id (its Privacy.md; the test of P13 watches it).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime


class OnnxNetwork:
    """The reference: it runs wherever Python does, in the shape and precision of the weights."""

    def __init__(self, path: Path, model: Model, weights_sha256: str, threads: int = 0) -> None:
        """0 threads: one per core. Raises ModelUnavailable if the file holds no network that loads."""
        self.model = model
        self.weights_sha256 = weights_sha256
        self.takes_rectangles = False
        self.companion: Network | None = None
        self.backend = f"ONNX Runtime {onnxruntime.__version__} fp32"
        self._session = session(path, model, threads)
        self._input = self._session.get_inputs()[0].name
        # IS-Net has twelve outputs; the first is the finished mask, the rest served its training.
        self._output = self._session.get_outputs()[0].name

    def run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (1, 3, H, W), normalised, to float32 (H, W), probabilities of being subject."""
        (output,) = self._session.run([self._output], {self._input: tensor})
        return probabilities(output, self.model)


def session(path: Path, model: Model, threads: int) -> onnxruntime.InferenceSession:
    """0 threads: one per core. Raises ModelUnavailable if the file holds no network that loads."""
    try:
        return onnxruntime.InferenceSession(
            str(path), options_for(threads), providers=["CPUExecutionProvider"]
        )
    except Exception as err:
        raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)}) from err


def options_for(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # The arena keeps the largest activations for ever. Measured on IS-Net at the same speed: 2.1 GB
    # resident after a run with it, 0.5 GB without (and 1.1 GB for the moment of the run).
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    return options
