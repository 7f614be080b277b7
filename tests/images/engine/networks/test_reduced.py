"""Networks in 8-bit integers: only with the right ranges, and with nearly the same answers."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from images.engine import ModelUnavailable
from images.engine.networks import ranges
from images.engine.networks.catalogue import MODELS
from images.engine.networks.openvino import OpenvinoNetwork
from images.engine.networks.precision import Precision, best_float, can
from images.engine.networks.silent_openvino import openvino
from images.weights.backends import Backend, Task
from tests.images.engine.tiny import tiny_model

SIDE, CHANNELS = 64, 16


def layered() -> bytes:
    """Three convolutions of random weights, and a sigmoid."""
    chance = np.random.default_rng(0)
    forms = [(CHANNELS, 3, 3, 3), (CHANNELS, CHANNELS, 3, 3), (1, CHANNELS, 3, 3)]
    weights = [chance.normal(0, 0.2, form).astype(np.float32) for form in forms]
    nodes, source = [], "input"
    for number in range(3):
        nodes.append(
            helper.make_node("Conv", [source, f"w{number}"], [f"c{number}"], f"/layer{number}", pads=[1] * 4)
        )
        source = f"c{number}"
        if number < 2:
            nodes.append(helper.make_node("Relu", [source], [f"r{number}"]))
            source = f"r{number}"
    nodes.append(helper.make_node("Sigmoid", [source], ["output"]))
    shape = [1, 3, SIDE, SIDE]
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, SIDE, SIDE])]
    constants = [numpy_helper.from_array(each, f"w{number}") for number, each in enumerate(weights)]
    graph = helper.make_graph(nodes, "layered", inputs, outputs, constants)
    opset = [helper.make_opsetid("", 13)]
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=opset, ir_version=8)
    return bytes(model.SerializeToString())


LAYERS: list[dict[str, object]] = [
    {"name": "/layer0", "form": [CHANNELS, 3, 3, 3], "range": None},
    {"name": "/layer1", "form": [CHANNELS, CHANNELS, 3, 3], "range": [0.0, 3.0]},
    {"name": "/layer2", "form": [1, CHANNELS, 3, 3], "range": [0.0, 4.0]},
]

needs_int8 = pytest.mark.skipif(
    not can(openvino.Core(), Precision.INT8), reason="this processor has no instructions for 8-bit integers"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "tiny.onnx").write_bytes(layered())
    return tmp_path / "tiny.onnx"


def found(monkeypatch: pytest.MonkeyPatch, folder: Path, layers: list[dict[str, object]]) -> None:
    """Ranges of the tiny model, in a folder of its own."""
    (folder / "tiny.json").write_text(json.dumps({"layers": layers}))
    monkeypatch.setattr(ranges, "__file__", str(folder / "__init__.py"))


def loaded(path: Path, precision: Precision | None, step: int = 0) -> OpenvinoNetwork:
    return OpenvinoNetwork(path, replace(tiny_model(), side_step=step), "", 1, precision)


def tensor(height: int = SIDE, width: int = SIDE) -> np.ndarray:
    return np.random.default_rng(1).random((1, 3, height, width), np.float32) - np.float32(0.5)


@needs_int8
def test_reduced_answers_are_nearly_those_of_floats(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, path.parent, LAYERS)
    exact, reduced = loaded(path, Precision.F32), loaded(path, Precision.INT8)
    assert reduced.backend.endswith("int8")
    difference = np.abs(exact.run(tensor()) - reduced.run(tensor()))
    assert 0 < difference.mean() < 0.02


@needs_int8
def test_reduced_networks_take_rectangles_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, path.parent, LAYERS)
    network = loaded(path, Precision.INT8, step=16)
    assert network.takes_rectangles
    shapes = [(64, 64), (48, 64), (64, 48), (32, 64), (64, 32)]
    first = [network.run(tensor(*shape)) for shape in shapes]
    assert [each.shape for each in first] == shapes
    assert all(np.array_equal(network.run(tensor(*each.shape)), each) for each in first)


@needs_int8
@pytest.mark.parametrize("layers", [[], LAYERS[:2], [*LAYERS[:2], {**LAYERS[2], "form": [1, 8, 3, 3]}]])
def test_ranges_of_another_network_are_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, layers: list[dict[str, object]]
) -> None:
    found(monkeypatch, path.parent, layers)
    with pytest.raises(ModelUnavailable, match="cannot be run in int8") as caught:
        loaded(path, Precision.INT8)
    assert caught.value.code == "no_precision"


def test_a_precision_that_the_processor_lacks_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("images.engine.networks.openvino.can", lambda core, precision: False)
    with pytest.raises(ModelUnavailable, match="this processor"):
        loaded(path, Precision.BF16)


def test_without_a_wish_floats_are_used(path: Path) -> None:
    assert loaded(path, None).backend.endswith(best_float(openvino.Core()).shown)


def test_floats_of_full_length_are_always_there(path: Path) -> None:
    assert loaded(path, Precision.F32).backend.endswith("fp32")


def test_onnx_runtime_has_floats_of_full_length_only(path: Path) -> None:
    task = Task(path, tiny_model(), "", 1, Precision.INT8)
    with pytest.raises(ModelUnavailable) as caught:
        task.load(Backend.ONNXRUNTIME)
    assert caught.value.code == "no_precision"
    assert replace(task, precision=Precision.F32).load(Backend.ONNXRUNTIME).backend.endswith("fp32")


def test_there_are_ranges_for_the_default_model() -> None:
    layers = ranges.layers_of("isnet-general-use")
    assert len(layers) == 114
    assert {layer.name.split("/")[1] for layer in layers if layer.range is None} == {
        "conv_in", "side1", "stage1", "stage1d",
    }  # fmt: skip
    assert all(_is_range(layer) for layer in layers)


def test_there_are_ranges_for_its_companion() -> None:
    layers = ranges.layers_of("u2net")
    assert len(layers) == 119
    inner = [layer.name for layer in layers if layer.range]
    assert (inner[0], inner[-1], len(inner)) == ("Conv_247", "Conv_657", 60)
    assert all(_is_range(layer) for layer in layers)


def _is_range(layer: ranges.Layer) -> bool:
    return layer.range is None or layer.range[0] <= 0 < layer.range[1]


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"isnet-general-use", "u2net"}))
def test_other_models_are_not_reduced(name: str) -> None:
    assert ranges.layers_of(name) == []
