"""Marketplaces: a picture made for one is taken by it, and what is wrong can be put right."""

import re
from datetime import date

import pytest

from images.editing import services
from images.editing.presets import MARKETS, Market
from images.engine.edits import recipe as recipes
from images.engine.edits.check import Verdict
from images.photos.models import Photo
from tests.base import Cast, disc, finished, upload_file
from tests.images.editing.steps import recipe


def _preview(photo: Photo, query: str) -> str:
    return f"/photos/{photo.pk}/preview/?{query}"


@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.slug)
def test_every_preset_is_a_recipe_with_a_source(market: Market) -> None:
    recipe = recipes.parse(market.document)
    assert recipe.as_preset == recipe
    assert recipe.output.format in market.rules.formats
    assert all(date(2024, 1, 1) < source.read_on for source in market.sources)


class TestMarkets(Cast):
    @pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.slug)
    def test_what_a_preset_makes_passes_its_own_check(self, market: Market) -> None:
        photo = finished(self.alice, file=upload_file(disc((600, 400))))
        page = self.alice.get(_preview(photo, f"market={market.slug}"))
        lines = page.context["lines"]
        assert lines
        assert {line.verdict for line, _remedy in lines} == {Verdict.PASS}

    def test_amazon_says_what_it_measured(self) -> None:
        photo = finished(self.alice, file=upload_file(disc((600, 400))))
        page = self.alice.get(_preview(photo, "market=amazon")).content.decode()
        assert "Background is pure white: <strong>255</strong>" in page
        assert "at least 85 %" in page
        assert "JPEG, PNG, TIFF" in page

    def test_ones_own_edit_can_be_put_right_step_by_step(self) -> None:
        photo = finished(self.alice, file=upload_file(disc((600, 400))))
        services.save(photo, recipe(shadow={"kind": "drop"}, output={"format": "webp"}), revision=0)
        own = self.alice.get(_preview(photo, "market=amazon")).context["own_query"]
        query, rounds = own, 0
        while query and rounds < 8:
            lines = self.alice.get(_preview(photo, query)).context["lines"]
            query = next((remedy for _line, remedy in lines if remedy), "")
            rounds += 1
        assert 2 < rounds < 8
        assert {line.verdict for line, _remedy in lines} == {Verdict.PASS}

    def test_the_panel_lists_them(self) -> None:
        page = self.alice.get(f"/photos/{finished(self.alice).pk}/").content.decode()
        assert set(re.findall(r"\?market=([a-z]+)", page)) == {market.slug for market in MARKETS}

    def test_no_passports_and_why(self) -> None:
        page = self.alice.get(_preview(finished(self.alice), "market=badge")).content.decode()
        assert "Not for passports" in page

    def test_a_marketplace_that_there_is_not(self) -> None:
        assert self.alice.get(_preview(finished(self.alice), "market=nowhere")).status_code == 400
