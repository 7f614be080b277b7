"""What comes into each layer of a network, so that it can be computed in 8-bit integers.

`MODEL.json` has for each convolution the range of its input; null stands for a layer that would cost borders
if it were reduced. `tests/bench/ranges.py` writes these files from photos.
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution: its name in one export, the shape of its weights, and the range of its input."""

    name: str
    form: tuple[int, ...]
    range: tuple[float, float] | None


def layers_of(model_name: str) -> list[Layer]:
    """As found for a model; none where nobody has looked."""
    path = Path(__file__).parent / f"{model_name}.json"
    if not path.is_file():
        return []
    rows = json.loads(path.read_text())["layers"]
    return [Layer(row["name"], tuple(row["form"]), row["range"] and tuple(row["range"])) for row in rows]
