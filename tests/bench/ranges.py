"""python -m tests.bench.ranges: finds what comes into each layer of IS-Net, and writes it beside the engine.

Every second photo of ../shared/data is looked at, in the shape in which the network sees it. A range ends
at the mean of the photos' largest values: one glaring photo should not make the steps of all others coarser.

Kept in floats: the first and the last layer, and the two stages at the full size of 512 cells, in which edges
are drawn. Then, on all photos, refined and with a companion, for 0.38 s of processor time instead of 0.47 s
(AMX), it is for alphamatting, DAVIS and VOC

    int8    IoU 0.936 0.879 0.846    border F 0.623 0.776 0.759    gradient error 2.387
    bf16    IoU 0.937 0.879 0.843    border F 0.624 0.775 0.761    gradient error 2.381

Keeping only two layers of the first stage costs 0.005 of the border F on DAVIS, and saves nothing.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from images.engine.codecs.decode import decode
from images.engine.matte.predict import input_tensor
from images.engine.networks import ranges
from images.engine.networks.catalogue import ISNET_GENERAL_USE
from images.engine.networks.rectangles import open_to_rectangles
from images.engine.networks.reduced import convolutions, form_of
from images.engine.networks.silent_openvino import openvino, operations
from tests.bench.accuracy import SHARED
from tests.images.engine.real import real_task

_IN_FLOATS = re.compile(r"/(conv_in|side\d|stage1|stage1d)/")
# Below this a layer's input counts as never negative: all but the first follow a rectifier.
_NEGATIVE = -1e-3


def main() -> None:
    names, forms, found = _measured()
    layers = [
        {"name": name, "form": form, "range": None if _IN_FLOATS.match(name) else _range(*limits)}
        for name, form, limits in zip(names, forms, found.tolist(), strict=True)
    ]
    path = Path(ranges.__file__).parent / f"{ISNET_GENERAL_USE.name}.json"
    rows = ",\n".join(f"  {json.dumps(layer)}" for layer in layers)
    path.write_text(f'{{"layers": [\n{rows}\n]}}\n')
    sys.stdout.write(f"{path}: {sum(layer['range'] is not None for layer in layers)} of {len(layers)}\n")


def _range(lowest: float, highest: float) -> list[float]:
    if lowest >= _NEGATIVE:
        return [0.0, round(highest, 4)]
    largest = max(-lowest, highest)
    return [round(-largest, 4), round(largest * 127 / 128, 4)]


def _measured() -> tuple[list[str], list[list[int]], NDArray[np.float64]]:
    """Names, forms and, float64 (layers, 2), ranges."""
    core = openvino.Core()
    whole = core.read_model(real_task().path)
    open_to_rectangles(whole, ISNET_GENERAL_USE.input_size)
    layers = convolutions(openvino.Model([whole.output(0).get_node()], whole.get_parameters(), "mask"))
    outputs = [end for layer in layers for end in _ends(layer.input_value(0))]
    compiled = core.compile_model(openvino.Model(outputs, whole.get_parameters(), "ranges"), "CPU")
    seen = np.array([[float(value) for value in compiled(tensor).values()] for tensor in _tensors()])
    limits = np.stack([seen[:, 0::2].min(0), seen[:, 1::2].mean(0)], axis=1)
    names = [layer.get_friendly_name().removesuffix("/WithoutBiases") for layer in layers]
    return names, [list(form_of(layer)) for layer in layers], limits


def _ends(source: Any) -> list[Any]:
    everything = np.arange(4)
    return [operations.reduce_min(source, everything), operations.reduce_max(source, everything)]


def _tensors() -> Iterator[NDArray[np.float32]]:
    for file in sorted((SHARED / "data").glob("*/images/*"))[::2]:
        photo = decode(file.read_bytes())
        yield input_tensor(photo, ISNET_GENERAL_USE, ISNET_GENERAL_USE.rectangle(photo.size))


if __name__ == "__main__":
    main()
