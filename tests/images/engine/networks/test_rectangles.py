"""A network exported for one square sees rectangles, with the answers of one exported for them."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from images.engine.networks.catalogue import ISNET_GENERAL_USE, Model
from images.engine.networks.openvino import OpenvinoNetwork
from tests.images.engine.real import real_network
from tests.images.engine.tiny import tiny_model

SIDE, STEP = 64, 16
SHAPES = [(64, 64), (48, 64), (64, 32)]


def pyramid(height: int, width: int, *, given: bool = False) -> bytes:
    """Pools by two and enlarges again, to a size written down or (`given`) to one that no rule makes."""
    sizes = [1, 3, height, width]
    nodes = [
        helper.make_node("MaxPool", ["input"], ["small"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Resize", ["small", "", "", "sizes"], ["large"], mode="linear"),
        helper.make_node("Add", ["large", "fixed" if given else "input"], ["both"]),
        helper.make_node("ReduceMean", ["both"], ["grey"], axes=[1], keepdims=1),
        helper.make_node("Sigmoid", ["grey"], ["output"]),
    ]
    constants = [helper.make_tensor("sizes", TensorProto.INT64, [4], sizes)]
    if given:
        constants.append(helper.make_tensor("fixed", TensorProto.FLOAT, sizes, [0.0] * int(np.prod(sizes))))
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, sizes)]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, height, width])]
    graph = helper.make_graph(nodes, "pyramid", inputs, outputs, constants)
    opset = [helper.make_opsetid("", 13)]
    return bytes(helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString())


def network(folder: Path, content: bytes, step: int = STEP) -> OpenvinoNetwork:
    path = folder / "pyramid.onnx"
    path.write_bytes(content)
    return OpenvinoNetwork(path, replace(tiny_model(), side_step=step), "", 1)


def tensor(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).random((1, 3, height, width), np.float32)


def reference(content: bytes, given: np.ndarray) -> np.ndarray:
    from onnx.reference import ReferenceEvaluator

    model = onnx.load_from_string(content)
    (output,) = ReferenceEvaluator(model).run(None, {"input": given})
    answer: np.ndarray = np.asarray(output)[0, 0]
    return answer


@pytest.mark.parametrize("shape", SHAPES)
def test_answers_are_those_of_a_network_made_for_the_shape(tmp_path: Path, shape: tuple[int, int]) -> None:
    opened, given = network(tmp_path, pyramid(SIDE, SIDE)), tensor(*shape)
    expected = reference(pyramid(*shape), given)
    assert opened.run(given).shape == shape
    assert np.allclose(opened.run(given), expected, atol=0.01)  # bf16


def test_a_network_may_meet_many_shapes_in_turn(tmp_path: Path) -> None:
    opened = network(tmp_path, pyramid(SIDE, SIDE))
    first = [opened.run(tensor(*shape)) for shape in SHAPES]
    again = [opened.run(tensor(*shape)) for shape in SHAPES]
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))


def test_one_that_takes_no_other_shape_keeps_its_square(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        closed = network(tmp_path, pyramid(SIDE, SIDE, given=True))
    assert not closed.takes_rectangles
    assert closed.run(tensor(SIDE, SIDE)).shape == (SIDE, SIDE)
    assert "squares" in caplog.text


def test_models_without_a_step_are_left_alone(tmp_path: Path) -> None:
    assert not network(tmp_path, pyramid(SIDE, SIDE), step=0).takes_rectangles


@pytest.mark.parametrize(
    ("size", "rectangle"),
    [
        ((1000, 1000), (1024, 1024)),
        ((4000, 3000), (1024, 896)),
        ((3000, 4000), (896, 1024)),
        ((1920, 1080), (1024, 768)),
        ((300, 1), (1024, 512)),
        ((1, 300), (512, 1024)),
        ((1, 1), (1024, 1024)),
    ],
)
def test_rectangles_lie_between_the_photo_and_the_square(
    size: tuple[int, int], rectangle: tuple[int, int]
) -> None:
    assert ISNET_GENERAL_USE.rectangle(size) == rectangle


def test_there_are_few_rectangles() -> None:
    sizes = [(width, height) for width in range(50, 4000, 70) for height in range(50, 4000, 70)]
    assert len({ISNET_GENERAL_USE.rectangle(size) for size in sizes}) <= 17


@pytest.mark.parametrize("model", [tiny_model(), replace(tiny_model(), side_step=0)])
def test_other_models_see_squares(model: Model) -> None:
    assert model.rectangle((4000, 3000)) == (model.input_size, model.input_size)


@pytest.mark.model
def test_real_network_takes_every_rectangle() -> None:
    found = real_network()
    if not found.takes_rectangles:
        pytest.skip("ONNX Runtime, which takes squares, is the faster one here")
    width, height = found.model.rectangle((1600, 900))
    assert found.run(np.zeros((1, 3, height, width), np.float32)).shape == (height, width)
