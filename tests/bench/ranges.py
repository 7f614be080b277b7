"""python -m tests.bench.ranges [MODEL]: finds what comes into each layer of a network, and writes it beside
the engine.

Every second photo of ../shared/data is looked at, in the shape in which the network sees it.

IS-Net: a range ends at the mean of the photos' largest values, as one glaring photo should not make the
steps of all others coarser. Kept in floats are the first and the last layer, and the two stages at the full
size of 512 cells, in which edges are drawn. Then, on all photos, refined and with a companion, for 0.38 s of
processor time instead of 0.47 s (AMX), it is for alphamatting, DAVIS and VOC

    int8    IoU 0.936 0.879 0.846    border F 0.623 0.776 0.759    gradient error 2.387
    bf16    IoU 0.937 0.879 0.843    border F 0.624 0.775 0.761    gradient error 2.381

Keeping only two layers of the first stage costs 0.005 of the border F on DAVIS, and saves nothing.

U²-Net, the companion, has to stay as sure as it is, since only what it is sure of counts: a range ends at the
largest value of all photos, and the two outer stages of both halves are kept in floats. With it 184 crops of
the photos have an IoU of 0.7818 in the mean (bf16 0.7815), for 0.20 s of processor time instead of 0.26 s.
All of it in 8 bits (0.15 s) is less sure everywhere: 0.7777, and 14 crops are worse by a hundredth.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from images.engine.codecs.decode import decode
from images.engine.matte.predict import input_tensor
from images.engine.networks import ranges
from images.engine.networks.catalogue import ISNET_GENERAL_USE, U2NET, Model
from images.engine.networks.rectangles import open_to_rectangles
from images.engine.networks.reduced import convolutions, form_of
from images.engine.networks.silent_openvino import openvino, operations
from tests.bench.accuracy import SHARED
from tests.images.engine.real import task_of


@dataclass(frozen=True, slots=True)
class _Way:
    """Layers that stay in floats, by the names that an export gives them; where among the photos' largest
    values, float64 (photos, layers), a range ends."""

    in_floats: re.Pattern[str]
    end: Callable[[NDArray[np.float64]], NDArray[np.float64]]


_WAYS = {
    ISNET_GENERAL_USE: _Way(
        re.compile(r"/(conv_in|side\d|stage1|stage1d)/"), lambda largest: largest.mean(0)
    ),
    U2NET: _Way(
        re.compile(r"Conv_(\d{1,2}|1\d\d|2[0-3]\d|24[0-3]|6[89]\d|[789]\d\d|1\d{3})$"),
        lambda largest: largest.max(0),
    ),
}
# Below this a layer's input counts as never negative: all but the first follow a rectifier.
_NEGATIVE = -1e-3


def main() -> None:
    wanted = sys.argv[1:]
    for model, way in _WAYS.items():
        if not wanted or model.name in wanted:
            _write(model, way)


def _write(model: Model, way: _Way) -> None:
    names, forms, found = _measured(model, way)
    layers = [
        {"name": name, "form": form, "range": None if way.in_floats.match(name) else _range(*limits)}
        for name, form, limits in zip(names, forms, found.tolist(), strict=True)
    ]
    path = Path(ranges.__file__).parent / f"{model.name}.json"
    rows = ",\n".join(f"  {json.dumps(layer)}" for layer in layers)
    path.write_text(f'{{"layers": [\n{rows}\n]}}\n')
    sys.stdout.write(f"{path}: {sum(layer['range'] is not None for layer in layers)} of {len(layers)}\n")


def _range(lowest: float, highest: float) -> list[float]:
    if lowest >= _NEGATIVE:
        return [0.0, round(highest, 4)]
    largest = max(-lowest, highest)
    return [round(-largest, 4), round(largest * 127 / 128, 4)]


def _measured(model: Model, way: _Way) -> tuple[list[str], list[list[int]], NDArray[np.float64]]:
    """Names, forms and, float64 (layers, 2), ranges."""
    core = openvino.Core()
    whole = core.read_model(task_of(model).path)
    if model.side_step:
        open_to_rectangles(whole, model.input_size)
    layers = convolutions(openvino.Model([whole.output(0).get_node()], whole.get_parameters(), "mask"))
    outputs = [end for layer in layers for end in _ends(layer.input_value(0))]
    compiled = core.compile_model(openvino.Model(outputs, whole.get_parameters(), "ranges"), "CPU")
    seen = np.array([[float(value) for value in compiled(tensor).values()] for tensor in _tensors(model)])
    limits = np.stack([seen[:, 0::2].min(0), way.end(seen[:, 1::2])], axis=1)
    names = [layer.get_friendly_name().removesuffix("/WithoutBiases") for layer in layers]
    return names, [list(form_of(layer)) for layer in layers], limits


def _ends(source: Any) -> list[Any]:
    everything = np.arange(4)
    return [operations.reduce_min(source, everything), operations.reduce_max(source, everything)]


def _tensors(model: Model) -> Iterator[NDArray[np.float32]]:
    for file in sorted((SHARED / "data").glob("*/images/*"))[::2]:
        photo = decode(file.read_bytes())
        yield input_tensor(photo, model, model.rectangle(photo.size))


if __name__ == "__main__":
    main()
