"""A finished file, held against what a marketplace takes."""

from typing import Any

import pytest

from images.engine.edits.check import Facts, Line, Rule, Rules, Verdict, check
from images.engine.edits.parts import Kind
from tests.images.engine.edits.pictures import rendered, sources
from tests.images.engine.pictures import srgb_profile
from tests.images.engine.profiles import display_p3

GOOD = Facts("jpeg", 2000, 2000, 500_000, 255, 90.0, True, False)
AMAZON = Rules(
    formats=(Kind.JPEG, Kind.PNG),
    needs_white=True,
    least_share=85,
    least_longest=500,
    advised_longest=1600,
    most_longest=10_000,
    most_bytes=10_000_000,
    advises_srgb=True,
    forbids_effects=True,
)


def _facts(made_from: Any = None, /, **document: Any) -> Facts:
    facts = rendered(made_from, **document).facts
    assert facts
    return facts


def _line(rule: Rule, **changes: Any) -> Line:
    facts = Facts(**{**GOOD.document(), **changes})
    return next(line for line in check(facts, AMAZON) if line.rule is rule)


class TestMeasuring:
    @pytest.mark.parametrize("format", ["jpeg", "png", "webp", "avif", "tiff"])
    def test_white_is_white_in_every_format(self, format: str) -> None:
        facts = _facts(ground={"kind": "colour"}, output={"format": format})
        assert facts.darkest == 255
        assert facts.format == format

    def test_what_is_nearly_white_is_not(self) -> None:
        assert _facts(ground={"kind": "colour", "colour": "#fffeff"}).darkest == 254

    def test_a_shadow_is_not_white(self) -> None:
        shadow = {"kind": "drop", "distance": 30}
        facts = _facts(ground={"kind": "colour"}, shadow=shadow)
        assert facts.darkest is not None
        assert facts.darkest < 200
        assert facts.has_effects

    def test_transparency_is_no_colour(self) -> None:
        assert _facts(output={"format": "webp"}).darkest is None

    def test_size_and_share(self) -> None:
        facts = _facts(place={"crop": "subject", "canvas": {"width": 400, "height": 400}, "scale": "none"})
        assert (facts.width, facts.height, facts.share) == (400, 400, 50.0)

    def test_bytes_are_those_of_the_file(self) -> None:
        made = rendered(output={"format": "jpeg"})
        assert made.facts
        assert made.facts.bytes == len(made.data)

    def test_colours(self) -> None:
        assert _facts(sources(icc_profile=srgb_profile()), ground={"kind": "colour"}).is_srgb
        assert not _facts(sources(icc_profile=display_p3()), ground={"kind": "colour"}).is_srgb

    @pytest.mark.parametrize("format", ["zip", "psd", "mask"])
    def test_what_is_no_single_picture_is_not_measured(self, format: str) -> None:
        assert rendered(output={"format": format}).facts is None

    def test_what_an_earlier_release_has_stored_is_not_read(self) -> None:
        assert Facts.of({"width": 1, "colour": "blue"}) is None
        assert Facts.of(GOOD.document()) == GOOD


class TestVerdicts:
    def test_all_is_well(self) -> None:
        assert {line.verdict for line in check(GOOD, AMAZON)} == {Verdict.PASS}

    @pytest.mark.parametrize(
        ("rule", "changes", "remedy"),
        [
            (Rule.WHITE, {"darkest": 254}, "ground"),
            (Rule.WHITE, {"darkest": None}, "ground"),
            (Rule.SHARE, {"share": 84.9}, "place"),
            (Rule.LONGEST, {"width": 499, "height": 400}, "place"),
            (Rule.LONGEST, {"width": 10_001}, "place"),
            (Rule.BYTES, {"bytes": 10_000_001}, "output"),
            (Rule.FORMAT, {"format": "webp"}, "output"),
            (Rule.PLAIN, {"has_effects": True}, "effects"),
        ],
    )
    def test_what_is_refused_names_what_puts_it_right(
        self, rule: Rule, changes: dict[str, Any], remedy: str
    ) -> None:
        line = _line(rule, **changes)
        assert (line.verdict, line.remedy) == (Verdict.FAIL, remedy)

    @pytest.mark.parametrize(
        ("rule", "changes"),
        [(Rule.LONGEST, {"width": 1000, "height": 900}), (Rule.COLOURS, {"is_srgb": False})],
    )
    def test_what_is_taken_and_could_be_better(self, rule: Rule, changes: dict[str, Any]) -> None:
        assert _line(rule, **changes).verdict is Verdict.ADVICE

    @pytest.mark.parametrize(("width", "verdict"), [(1801, "pass"), (1802, "pass"), (1900, "fail")])
    def test_a_ratio_holds_to_a_pixel(self, width: int, verdict: str) -> None:
        facts = Facts(**{**GOOD.document(), "width": width, "height": 2600})
        assert [line.verdict for line in check(facts, Rules(ratio=1801 / 2600))] == [verdict]

    def test_what_is_not_asked_for_is_not_said(self) -> None:
        assert check(GOOD, Rules()) == []


def test_what_a_shadow_spoils_is_put_right_by_its_going() -> None:
    for rule, changes in ((Rule.WHITE, {"darkest": 160}), (Rule.SHARE, {"share": 80.0})):
        assert _line(rule, **changes, has_effects=True).remedy == "effects"
        assert _line(rule, **changes).remedy in ("ground", "place")
