"""Pictures of numbers."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString

from policy.dashboard import charts
from policy.dashboard.charts import HEIGHT, WIDTH, Series, Words

Draw = Callable[..., SafeString]

DRAWINGS: list[Draw] = [charts.line, charts.area, charts.bars]


def words(count: int, title: str = "Views") -> Words:
    return Words(title, "Some & more", [f"day {n}" for n in range(count)], "views")


def series(*values: float | None, look: str = "look-a") -> Series:
    return Series("Views", values, look)


def elements(picture: str, tag: str, look: str = "") -> list[ElementTree.Element]:
    found = ElementTree.fromstring(picture).iter(tag)  # noqa: S314 (our own)
    return [element for element in found if look in (element.get("class") or "")]


@pytest.mark.parametrize("draw", DRAWINGS)
class TestEveryPicture:
    def test_it_says_what_it_is(self, draw: Draw) -> None:
        svg = ElementTree.fromstring(draw(words(2), series(1, 2)))  # noqa: S314
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == "views-title views-description"
        assert [child.text for child in svg[:2]] == ["Views", "Some & more"]

    def test_it_has_no_style_of_its_own_and_no_script(self, draw: Draw) -> None:
        picture = draw(words(2), series(1, 2))
        assert "style=" not in picture
        assert not elements(picture, "script")

    def test_hostile_names_are_words(self, draw: Draw) -> None:
        picture = draw(words(1, "<script>x</script>"), series(1, look='"><b>'))
        assert not elements(picture, "script")
        assert not elements(picture, "b")

    @pytest.mark.parametrize("values", [(), (0, 0), (None, None), (5,), (10**12, 1)])
    def test_odd_numbers_stay_inside(self, draw: Draw, values: tuple[float | None, ...]) -> None:
        picture = draw(words(len(values)), series(*values))
        assert "nan" not in picture
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", picture):
            assert 0 <= float(x) <= WIDTH
            assert 0 <= float(y) <= HEIGHT

    def test_each_point_tells_a_pointer_what_it_is(self, draw: Draw) -> None:
        picture = draw(words(3), series(1, 2, 3))
        assert [hint[0].text for hint in elements(picture, "rect", "hint")] == ["day 0", "day 1", "day 2"]


class TestScale:
    @pytest.mark.parametrize(
        ("most", "top"),
        [(0, 1), (1, 1), (3, 4), (7, 8), (10, 10), (11, 20), (99, 100), (450, 500), (0.3, 0.4)],
    )
    def test_it_ends_at_a_round_number(self, most: float, top: float) -> None:
        assert charts.top_of(series(0, most)) == pytest.approx(top)

    def test_stacks_need_the_room_of_their_sum(self) -> None:
        assert charts.top_of(series(6), series(6), is_stacked=True) == 20


class TestShapes:
    def test_a_line_ends_where_values_are_missing(self) -> None:
        picture = charts.line(words(5), series(1, 2, None, 3, 4))
        assert len(elements(picture, "polyline")) == 2

    def test_a_value_between_two_gaps_is_a_dot(self) -> None:
        assert len(elements(charts.line(words(3), series(None, 2, None)), "path", "dot")) == 1

    def test_the_greatest_value_reaches_the_top_and_zero_the_ground(self) -> None:
        line = elements(charts.line(words(2), series(0, 10)), "polyline")[0].get("points")
        assert line == f"250,{HEIGHT} 750,0"

    def test_bars_stand_upon_each_other(self) -> None:
        picture = charts.bars(words(1), series(4), series(6, look="look-b"))
        low, high = elements(picture, "rect", "look-a")[0], elements(picture, "rect", "look-b")[0]
        assert float(low.get("y") or 0) == HEIGHT * 0.6
        assert (high.get("y"), high.get("height")) == ("0", f"{HEIGHT * 0.6:g}")

    def test_a_meter_is_as_long_as_its_share(self) -> None:
        assert elements(charts.meter(5, 20, "look-a"), "rect", "look-a")[0].get("width") == "25"
        assert elements(charts.meter(5, 0, "look-a"), "rect", "look-a")[0].get("width") == "0"
