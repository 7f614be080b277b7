"""Runs a model on OpenVINO. Only who builds a network imports it: it costs memory and time."""

import ctypes
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import Model
from images.engine.networks.network import Network, probabilities
from images.engine.networks.rectangles import open_to_rectangles
from images.engine.networks.silent_openvino import openvino

logger = logging.getLogger(__name__)


class OpenvinoNetwork:
    """The fast one: it computes in bf16 where the processor can, and may see a photo in its own shape."""

    def __init__(self, path: Path, model: Model, weights_sha256: str, threads: int = 0) -> None:
        """0 threads: one per core. Raises ModelUnavailable if the file holds no network that loads."""
        self.model = model
        self.weights_sha256 = weights_sha256
        self.companion: Network | None = None
        try:
            core = openvino.Core()
            precision = _precision(core)
            network = _mask_only(core, path, model)
            self.takes_rectangles = bool(network.is_dynamic())
            self._compiled = core.compile_model(network, "CPU", _options(precision, threads))
        except Exception as err:
            raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)}) from err
        self.backend = f"OpenVINO {openvino.__version__.split('-')[0]} {_SHOWN[precision]}"
        self._request = self._compiled.create_infer_request()
        _give_back_freed_memory()

    def run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (1, 3, H, W), normalised, to float32 (H, W), probabilities of being subject."""
        output = self._request.infer({0: tensor}, share_inputs=True)[0]
        mask = probabilities(output, self.model)
        # 130 to 260 MB of activations, which the stages that follow need more; it costs no measurable time.
        self._compiled.release_memory()
        return mask


_SHOWN = {"bf16": "bf16", "f32": "fp32"}


def _precision(core: openvino.Core) -> str:
    """bf16 halves IS-Net's time. It moves probabilities by 0.00005 in the mean and IoU by 0.0003 at most
    (VOC 0.7816 against 0.7819, both others by less than 0.0001)."""
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _mask_only(core: openvino.Core, path: Path, model: Model) -> openvino.Model:
    """The network up to its first output; IS-Net's other eleven served its training."""
    if model.side_step:
        try:
            whole = core.read_model(path)
            open_to_rectangles(whole, model.input_size)
            return _up_to_mask(whole, model)
        except RuntimeError:
            # Somebody else's export of the same network may be built otherwise.
            logger.warning("%s sees photos as squares: its file does not take other shapes", model.name)
    whole = core.read_model(path)
    whole.reshape({whole.input(0): [1, 3, model.input_size, model.input_size]})
    return _up_to_mask(whole, model)


def _up_to_mask(whole: openvino.Model, model: Model) -> openvino.Model:
    return openvino.Model([whole.output(0).get_node()], whole.get_parameters(), model.name)


def _options(precision: str, threads: int) -> dict[str, Any]:
    options: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": precision,
        # Pinned threads were found on one core of two (1.6 s for IS-Net instead of 0.8), and those of
        # several workers would be pinned to the same ones.
        "ENABLE_CPU_PINNING": False,
    }
    if threads:
        options["INFERENCE_NUM_THREADS"] = threads
    return options


def _give_back_freed_memory() -> None:
    """Compiling frees 75 MB that glibc would keep."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
