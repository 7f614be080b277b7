"""A network of a few bytes in IS-Net's form: what is brighter than the mean is the subject."""

import hashlib
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from images.engine.networks.catalogue import Download, Model, Weights
from images.engine.networks.onnxruntime import OnnxNetwork

SIDE = 64


def tiny_bytes(side: int = SIDE, outputs: int = 2, gives_logits: bool = False) -> bytes:
    """sigmoid(60 * (mean of channels - mean of all - 0.15)), and logits as further outputs, as IS-Net has."""
    names = ["output", *(f"side{number}" for number in range(1, outputs))]
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["grey"], axes=[1], keepdims=1),
        helper.make_node("ReduceMean", ["input"], ["overall"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Sub", ["grey", "overall"], ["difference"]),
        helper.make_node("Sub", ["difference", "threshold"], ["lead"]),
        helper.make_node("Mul", ["lead", "steepness"], ["logit"]),
        helper.make_node("Identity" if gives_logits else "Sigmoid", ["logit"], ["output"]),
        *(helper.make_node("Identity", ["logit"], [name]) for name in names[1:]),
    ]
    constants = [
        helper.make_tensor("threshold", TensorProto.FLOAT, [1], [0.15]),
        helper.make_tensor("steepness", TensorProto.FLOAT, [1], [60.0]),
    ]
    floats = TensorProto.FLOAT
    inputs = [helper.make_tensor_value_info("input", floats, [1, 3, side, side])]
    infos = [helper.make_tensor_value_info(name, floats, [1, 1, side, side]) for name in names]
    graph = helper.make_graph(nodes, "tiny", inputs, infos, constants)
    opset = [helper.make_opsetid("", 13)]
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=opset, ir_version=8)
    return bytes(model.SerializeToString(deterministic=True))


def tiny_model(content: bytes | None = None) -> Model:
    """A catalogue entry that accepts exactly these bytes."""
    content = tiny_bytes() if content is None else content
    digest = hashlib.sha256(content).hexdigest()
    source = Download("https://models.invalid/tiny.onnx")
    return Model(
        name="tiny",
        rembg_session="isnet-general-use",
        input_size=SIDE,
        mean=(0.5, 0.5, 0.5),
        std=(1.0, 1.0, 1.0),
        licence="AGPL-3.0",
        allows_commercial_use=True,
        is_remote=False,
        weights=(Weights(digest, len(content), source, "AGPL-3.0"),),
    )


def install_tiny(folder: Path) -> Path:
    """Puts the weights where weights.locate() finds them."""
    path = folder / tiny_model().file_name
    path.write_bytes(tiny_bytes())
    return path


def tiny_network(folder: Path) -> OnnxNetwork:
    """Run by the real ONNX Runtime."""
    model = tiny_model()
    return OnnxNetwork(install_tiny(folder), model, model.weights[0].sha256)
