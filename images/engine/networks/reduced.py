"""Lets chosen layers of a network compute in 8-bit integers, by ranges that were found once.

Ranges of what comes into a layer are found once (ranges/), those of its weights follow from the weights.
Layers are told by their order and form, since every export names them as it likes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from images.engine.networks.ranges import Layer
from images.engine.networks.silent_openvino import operations

_STEPS, _WEIGHT_STEPS = 256, 255


def reduce(network: Any, layers: list[Layer]) -> None:
    """Changes an `openvino.Model`. Raises ValueError if the ranges are those of another network."""
    found = convolutions(network)
    if not layers or [form_of(node) for node in found] != [layer.form for layer in layers]:
        raise ValueError("there are no ranges for this network")
    reduced: dict[str, Any] = {}
    for node, layer in zip(found, layers, strict=True):
        if layer.range:
            _reduce_input(node, layer.range, reduced)
            _reduce_weights(node)
    network.validate_nodes_and_infer_types()


def convolutions(network: Any) -> list[Any]:
    return [node for node in network.get_ordered_ops() if node.get_type_name() == "Convolution"]


def form_of(convolution: Any) -> tuple[int, ...]:
    return tuple(convolution.input_value(1).get_shape())


def _reduce_input(node: Any, limits: tuple[float, float], reduced: dict[str, Any]) -> None:
    """What several layers read is reduced once."""
    source = node.input_value(0)
    key = f"{source.get_node().get_friendly_name()}:{source.get_index()}"
    if key not in reduced:
        low, high = (np.full((1, 1, 1, 1), limit, np.float32) for limit in limits)
        reduced[key] = _rounded(source, low, high, _STEPS)
    node.input(0).replace_source_output(reduced[key].output(0))


def _reduce_weights(node: Any) -> None:
    """Each output channel has a range of its own."""
    source = node.input_value(1)
    weights = _values(source.get_node())
    largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) + np.float32(1e-12)
    node.input(1).replace_source_output(_rounded(source, -largest, largest, _WEIGHT_STEPS).output(0))


def _values(node: Any) -> NDArray[np.float32]:
    """The constant behind conversions between floats."""
    while node.get_type_name() != "Constant":
        node = node.input_value(0).get_node()
    return np.array(node.data, np.float32)


def _rounded(source: Any, low: NDArray[np.float32], high: NDArray[np.float32], steps: int) -> Any:
    ends = [operations.constant(each, source.get_element_type()) for each in (low, high)]
    return operations.fake_quantize(source, *ends, *ends, steps)
