"""What the studio shows is what the file holds: the same picture, to a structural similarity of 0.99.

A background of the photo's own, blurred or darkened, is nearly flat here, so that the noise of two encodings
counts as structure: 0.96 was measured.
"""

import io
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from images.editing import services as editing
from images.engine.edits import recipe as recipes
from images.engine.edits.render import render
from images.studio.making import sources_of
from tests.base import Cast, body
from tests.images.studio.steps import address, opened, stroke

_GREY = {"kind": "colour", "colour": "#8090a0"}
_LOOKS: dict[str, dict[str, Any]] = {
    "colour": {"ground": _GREY},
    "gradient": {"ground": {"kind": "gradient", "start": "#204060", "end": "#f0e0d0", "angle": 120}},
    "blur": {"ground": {"kind": "blur", "strength": 2}},
    "dark": {"ground": {"kind": "dark", "strength": 60}},
    "shadow": {"ground": _GREY, "shadow": {"kind": "drop", "distance": 8, "softness": 6}},
    "contact": {"ground": _GREY, "shadow": {"kind": "contact"}, "place": {"crop": "subject"}},
    "pixels": {"ground": _GREY, "outline": {"width": 12, "unit": "px"}},
    "placed": {
        "ground": _GREY,
        "place": {
            "crop": "subject",
            "margins": {"top": 40, "right": 40, "bottom": 40, "left": 40, "unit": "px"},
            "canvas": {"width": 1500, "height": 1200},
            "rotate": 12,
            "flip": "horizontal",
        },
    },
}


def _similarity(one: Image.Image, other: Image.Image) -> float:
    """SSIM of two pictures of one size, in grey, with the usual window and constants."""
    a, b = (np.asarray(picture.convert("L"), np.float32) for picture in (one, other))

    def blur(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float32)

    mean_a, mean_b = blur(a), blur(b)
    spread_a, spread_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    shared = blur(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + 6.5025) / (mean_a**2 + mean_b**2 + 6.5025)
    return float((light * (2 * shared + 58.5225) / (spread_a + spread_b + 58.5225)).mean())


class TestLook(Cast):
    @pytest.mark.parametrize("name", _LOOKS)
    def test_is_the_file(self, name: str) -> None:
        photo = opened(self.alice, (2600, 1700))
        marks = [stroke(1200, 850, 220, 0), stroke(1300, 760, 0, 90, keep=True, radius=120)]
        recipe = recipes.parse({"version": 1, "marks": marks, **_LOOKS[name]})
        editing.save(photo, recipe, revision=0)
        seen = Image.open(io.BytesIO(body(self.alice.get(address(photo, "look.webp"))))).convert("RGB")
        made = Image.open(io.BytesIO(render(sources_of(photo.cutout), recipe).data)).convert("RGB")
        assert max(seen.size) <= 1024
        assert abs(seen.width / seen.height - made.width / made.height) < 0.005
        assert _similarity(seen, made.resize(seen.size, Image.Resampling.BOX)) >= (
            0.95 if name in ("blur", "dark") else 0.99
        )
