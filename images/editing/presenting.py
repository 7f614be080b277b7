"""Rules and recipes in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bgbegone.lib.words import Words
from images.editing.models import Rendition
from images.editing.presets import Market
from images.engine.edits.check import Facts, Line, Rule, Verdict, check

_NAMES: dict[Rule, Words] = {
    Rule.WHITE: gettext_lazy("Background is pure white"),
    Rule.SHARE: gettext_lazy("Subject's share of the frame"),
    Rule.LONGEST: gettext_lazy("Longest side"),
    Rule.SHORTEST: gettext_lazy("Shortest side"),
    Rule.RATIO: gettext_lazy("Width by height"),
    Rule.MEGAPIXELS: gettext_lazy("Megapixels"),
    Rule.BYTES: gettext_lazy("Size of the file"),
    Rule.COLOURS: gettext_lazy("Colour space"),
    Rule.FORMAT: gettext_lazy("Format"),
    Rule.PLAIN: gettext_lazy("No shadow and no outline"),
}
_UNITS = {Rule.SHARE: "%", Rule.LONGEST: "px", Rule.SHORTEST: "px"}


@dataclass(frozen=True, slots=True)
class ShownLine:
    name: Words
    value: str
    limit: str
    verdict: Verdict
    remedy: str | None


def lines(rendition: Rendition, market: Market | None) -> list[ShownLine]:
    """How a finished file does in the eyes of a marketplace; empty where nothing is asked or measured."""
    facts = Facts.of(rendition.checks) if market else None
    if market is None or facts is None:
        return []
    return [_shown(line) for line in check(facts, market.rules)]


def _shown(line: Line) -> ShownLine:
    return ShownLine(_NAMES[line.rule], _value(line), _limit(line), line.verdict, line.remedy)


def _value(line: Line) -> str:
    if line.rule is Rule.WHITE:
        return _("transparent") if line.value is None else str(line.value)
    if line.rule is Rule.COLOURS:
        return "sRGB" if line.value else _("another one")
    if line.rule is Rule.PLAIN:
        return _("there is one") if line.value else _("none")
    return line.value.upper() if line.rule is Rule.FORMAT else _quantity(line.rule, line.value)


def _limit(line: Line) -> str:
    if line.rule is Rule.COLOURS:
        return "sRGB"
    if line.rule is Rule.PLAIN:
        return _("none")
    if line.rule is Rule.FORMAT:
        return ", ".join(name.upper() for name in line.limit)
    return (
        _range(line.rule, line.limit) if isinstance(line.limit, tuple) else _quantity(line.rule, line.limit)
    )


def _range(rule: Rule, limit: Iterable[float | None]) -> str:
    least, most = (None if each is None else _quantity(rule, each) for each in limit)
    if least and most:
        return _("%(least)s to %(most)s") % {"least": least, "most": most}
    return _("at least %(least)s") % {"least": least} if least else _("at most %(most)s") % {"most": most}


def _quantity(rule: Rule, value: Any) -> str:
    if rule is Rule.BYTES:
        # As marketplaces count: a megabyte is a million bytes.
        return _megabytes(value) if value >= 1_000_000 else f"{number_format(-(-value // 1000))} kB"
    number = str(number_format(value, use_l10n=True))
    return f"{number} {_UNITS[rule]}" if rule in _UNITS else number


def _megabytes(value: int) -> str:
    return f"{number_format(round(value / 1_000_000, 1)).removesuffix('.0').removesuffix(',0')} MB"
