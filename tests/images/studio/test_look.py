"""What the studio shows is what the file holds: the same picture, to a structural similarity of 0.99."""

import io
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from images.editing import services as editing
from images.engine.edits import recipe as recipes
from images.engine.edits.render import render
from images.engine.errors import ImageTooLarge
from images.engine.options import Limits
from images.studio import services
from images.studio.look import Pictures, look
from images.studio.making import sources_of
from images.studio.models import Preparation
from images.studio.reading import Sheets
from tests.base import Cast, body, disc
from tests.images.studio.steps import address, half_hidden, opened, stroke
from tests.similarity import similarity

_SIDES = ("top", "right", "bottom", "left")
_GREY = {"kind": "colour", "colour": "#8090a0"}
_LOOKS: dict[str, dict[str, Any]] = {
    "colour": {"ground": _GREY},
    "gradient": {"ground": {"kind": "gradient", "start": "#204060", "end": "#f0e0d0", "angle": 120}},
    "radial": {"ground": {"kind": "gradient", "start": "#204060", "end": "#f0e0d0", "shape": "radial"}},
    "transparent": {},
    "blur": {"ground": {"kind": "blur", "strength": 2}},
    "hardly blurred": {"ground": {"kind": "blur", "strength": 0.4}},
    "grey": {"ground": {"kind": "grey", "strength": 80}},
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


@cache
def _photo() -> bytes:
    """A ball before something grainy, as sand is: on flat ground half a pixel more or less is lost."""
    ball = Image.open(io.BytesIO(disc((2600, 1700))))
    grain = np.random.default_rng(1).normal(70, 30, (850, 1300, 3)).clip(0, 140).astype(np.uint8)
    ground, is_ball = Image.fromarray(grain).resize(ball.size, Image.Resampling.BICUBIC), ball.convert("L")
    ground.paste(ball, mask=is_ball.point([0] * 60 + [255] * 196))
    output = io.BytesIO()
    ground.save(output, "JPEG", quality=95)
    return output.getvalue()


class TestLook(Cast):
    @pytest.mark.parametrize("name", _LOOKS)
    def test_is_the_file(self, name: str) -> None:
        photo = opened(self.alice, picture=_photo())
        marks = [stroke(1200, 850, 220, 0), stroke(1300, 760, 0, 90, keep=True, radius=120)]
        recipe = recipes.parse({"version": 1, "marks": marks, **_LOOKS[name]})
        editing.save(photo, recipe, revision=0)
        seen = _opaque(body(self.alice.get(address(photo, "look/"))))
        made = _opaque(render(sources_of(photo.cutout), recipe).data)
        assert max(seen.size) <= 1024
        assert abs(seen.width / seen.height - made.width / made.height) < 0.005
        assert similarity(seen, made.resize(seen.size, Image.Resampling.BICUBIC)) >= 0.99

    def test_a_file_that_cannot_be_transparent_is_shown_on_white(self) -> None:
        photo = opened(self.alice)
        editing.save(photo, recipes.parse({"version": 1, "output": {"format": "jpeg"}}), revision=0)
        seen = Image.open(io.BytesIO(body(self.alice.get(address(photo, "look/")))))
        assert (seen.mode, seen.getpixel((2, 2))) == ("RGB", (255, 255, 255))

    @pytest.mark.parametrize(
        "place",
        [
            {"canvas": {"width": 100, "height": 100}},
            {"canvas": {"width": 16, "height": 16}},
            {"canvas": {"longest": 60}},
            {"canvas": {"width": 600, "height": 400}, "margins": dict.fromkeys(_SIDES, 45)},
        ],
    )
    def test_small_as_the_finished_file_is_it_is_shown(self, place: dict[str, Any]) -> None:
        photo = opened(self.alice, size=(1100, 800))
        recipe = recipes.parse({"version": 1, "ground": _GREY, "place": place})
        editing.save(photo, recipe, revision=0)
        seen = _opaque(body(self.alice.get(address(photo, "look/"))))
        made = _opaque(render(sources_of(photo.cutout), recipe).data)
        assert seen.size == made.size
        assert similarity(seen, made) >= 0.98

    def test_what_the_photo_itself_hides_is_brought_back_by_no_stroke(self) -> None:
        photo = opened(self.alice, picture=half_hidden())
        marks = [stroke(300, 200, 250, 0, keep=True, radius=160)]
        recipe = recipes.parse({"version": 1, "marks": marks, "place": {"crop": "subject"}})
        editing.save(photo, recipe, revision=0)
        seen = _opaque(body(self.alice.get(address(photo, "look/"))))
        made = _opaque(render(sources_of(photo.cutout), recipe).data)
        assert seen.size == made.size
        assert similarity(seen, made) >= 0.99

    def test_a_frame_that_would_be_too_large_is_said(self) -> None:
        photo = opened(self.alice)
        place = {"canvas": {"width": 9000, "height": 9000}}
        editing.save(photo, recipes.parse({"version": 1, "place": place}), revision=0)
        answer = self.alice.get(address(photo, "look/"))
        assert (answer.status_code, "81" in answer.json()["sentence"]) == (422, True)

    def test_a_strip_that_is_turned_is_refused_before_it_takes_memory(self) -> None:
        photo = opened(self.alice)
        base, alpha = (
            Sheets(services.prepare(photo, Preparation.Kind.SHEETS).file),
            np.zeros((1, 1), np.uint8),
        )
        recipe = recipes.parse({"version": 1, "place": {"rotate": 45}})
        few = Limits(max_pixels=180_000)
        with pytest.raises(ImageTooLarge):
            look(base, alpha, recipe, Pictures(bytes, bytes), few)


def _opaque(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "#c0c0c0"), picture).convert("RGB")
