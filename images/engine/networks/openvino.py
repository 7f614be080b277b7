"""Runs a model on OpenVINO. Only who builds a network imports it: it costs memory and time."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from images.engine import memory
from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import Model
from images.engine.networks.network import Network, probabilities
from images.engine.networks.precision import Precision, best_float, can
from images.engine.networks.ranges import layers_of
from images.engine.networks.rectangles import open_to_rectangles
from images.engine.networks.reduced import reduce
from images.engine.networks.silent_openvino import openvino

logger = logging.getLogger(__name__)

# Of a reduced network each shape is compiled for itself and keeps 160 MB; compiling takes a second.
_MOST_SHAPES = 3


class OpenvinoNetwork:
    """The fast one: it computes in bf16 where the processor can, and may see a photo in its own shape."""

    def __init__(
        self,
        path: Path,
        model: Model,
        weights_sha256: str,
        threads: int = 0,
        precision: Precision | None = None,
    ) -> None:
        """0 threads: one per core; no precision: bf16 where the processor has it, else f32.

        Raises ModelUnavailable if the file holds no network that loads, or cannot be run in that precision.
        """
        self.model = model
        self.weights_sha256 = weights_sha256
        self.companion: Network | None = None
        core = openvino.Core()
        precision = precision or best_float(core)
        if not can(core, precision):
            raise ModelUnavailable("no_precision", {"model": model.name, "precision": precision})
        try:
            self._compiled = _compiled(core, path, model, precision, threads)
        except ValueError as err:
            raise ModelUnavailable("no_precision", {"model": model.name, "precision": precision}) from err
        except Exception as err:
            raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)}) from err
        self.takes_rectangles = self._compiled.takes_rectangles
        self.backend = f"OpenVINO {openvino.__version__.split('-')[0]} {precision.shown}"
        memory.give_back()  # compiling frees 75 MB

    def run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (1, 3, H, W), normalised, to float32 (H, W), probabilities of being subject."""
        return probabilities(self._compiled.infer(tensor), self.model)


class _Compiled:
    """One network for every shape, or for its square."""

    def __init__(self, compiled: Any, takes_rectangles: bool) -> None:
        self.takes_rectangles = takes_rectangles
        self._compiled = compiled
        self._request = compiled.create_infer_request()

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        output = np.array(self._request.infer({0: tensor}, share_inputs=True)[0])
        # 130 to 260 MB of activations, which the stages that follow need more; it costs no measurable time.
        self._compiled.release_memory()
        return output


class _CompiledByShape:
    """A network for each of the last few shapes, compiled when one is met.

    Reduced layers pass on their numbers as they are only where all sizes are known: of one network for every
    shape, IS-Net needs 0.73 s of processor time instead of 0.31 s (in bf16 0.52 s and 0.46 s).
    """

    takes_rectangles = True

    def __init__(self, compile_for: Callable[[tuple[int, ...]], _Compiled]) -> None:
        self._compile_for = compile_for
        self._held: OrderedDict[tuple[int, ...], _Compiled] = OrderedDict()

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        if tensor.shape not in self._held:
            if len(self._held) >= _MOST_SHAPES:
                self._held.popitem(last=False)
            self._held[tensor.shape] = self._compile_for(tensor.shape)
            memory.give_back()  # compiling frees 75 MB
        self._held.move_to_end(tensor.shape)
        return self._held[tensor.shape].infer(tensor)


def _compiled(
    core: openvino.Core, path: Path, model: Model, precision: Precision, threads: int
) -> _Compiled | _CompiledByShape:
    network = _mask_only(core, path, model)
    takes_rectangles = bool(network.is_dynamic())
    numbers = precision
    if precision is Precision.INT8:
        reduce(network, layers_of(model.name))
        numbers = best_float(core)

    def compile_for(shape: tuple[int, ...]) -> _Compiled:
        sized = network.clone()
        sized.reshape({sized.input(0): list(shape)})
        return _Compiled(core.compile_model(sized, "CPU", _options(numbers, threads)), takes_rectangles=True)

    if precision is Precision.INT8 and takes_rectangles:
        return _CompiledByShape(compile_for)
    return _Compiled(core.compile_model(network, "CPU", _options(numbers, threads)), takes_rectangles)


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


def _options(precision: Precision, threads: int) -> dict[str, Any]:
    options: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": str(precision),
        # Pinned threads were found on one core of two (1.6 s for IS-Net instead of 0.8), and those of
        # several workers would be pinned to the same ones.
        "ENABLE_CPU_PINNING": False,
    }
    if threads:
        options["INFERENCE_NUM_THREADS"] = threads
    return options
