"""Lets a network that was exported for one square take rectangles of any size.

An exporter writes down as numbers the sizes to which inner layers are enlarged (IS-Net has 39 such). Here
each becomes what it stands for: its share of the input's side. One network then serves every shape with one
copy of its weights; a network compiled for each shape kept 290 MB for each, and gave the same answers to the
last bit.
"""

from typing import Any

import numpy as np

from images.engine.networks.silent_openvino import openvino, operations


def open_to_rectangles(network: Any, side: int) -> None:
    """Changes an `openvino.Model` whose input is fixed at side × side; no side may then exceed that.

    Raises RuntimeError if some layer takes that one size alone.
    """
    fixed = [(node, list(node.output(0).get_shape())) for node in _enlargements(network)]
    entry = network.get_parameters()[0]
    sides = openvino.Dimension(1, side)
    entry.set_partial_shape(openvino.PartialShape([1, 3, sides, sides]))
    height_and_width = operations.gather(operations.shape_of(entry.output(0)), _whole([2, 3]), _whole(0))
    for node, shape in fixed:
        target = _share_of(height_and_width, shape[2:], side)
        if node.input_value(1).get_shape()[0] == len(shape):
            target = operations.concat([_whole(shape[:2]), target], 0)
        node.input(1).replace_source_output(target.output(0))
    network.validate_nodes_and_infer_types()
    _try(network.clone(), [1, 3, side // 2, side])


def _try(network: Any, shape: list[int]) -> None:
    """Lets every layer tell its size, without computing anything."""
    network.reshape({network.input(0): shape})
    if list(network.output(0).get_shape())[2:] != shape[2:]:
        raise RuntimeError("the mask has another size than the input")


def _enlargements(network: Any) -> list[Any]:
    """Those with a fixed target; where the graph itself computes it, nothing has to be done."""
    nodes = [node for node in network.get_ordered_ops() if node.get_type_name() == "Interpolate"]
    return [node for node in nodes if node.output(0).get_partial_shape().is_static]


def _share_of(sides: Any, target: list[int], whole: int) -> Any:
    """Rounded up, as pooling rounds on the way down."""
    product = operations.add(operations.multiply(sides, _whole(target)), _whole(whole - 1))
    return operations.divide(product, _whole(whole))


def _whole(value: int | list[int]) -> Any:
    return operations.constant(np.array(value, np.int64))
