"""What a marketplace says to the finished file, one line for each rule, in words."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from images.editing.presets import BY_SLUG, MARKETS, Market
from images.engine.edits import recipe as recipes
from images.engine.edits.check import Line, Rule, Verdict
from images.engine.edits.recipe import Recipe

_NAMES = {
    Rule.WHITE: gettext_lazy("Background is pure white"),
    Rule.SHARE: gettext_lazy("The subject's share of the frame, %"),
    Rule.LONGEST: gettext_lazy("Longest side, px"),
    Rule.SHORTEST: gettext_lazy("Shortest side, px"),
    Rule.RATIO: gettext_lazy("Width by height"),
    Rule.MEGAPIXELS: gettext_lazy("Megapixels"),
    Rule.BYTES: gettext_lazy("Size of the file, kB"),
    Rule.COLOURS: gettext_lazy("Colours are sRGB"),
    Rule.FORMAT: gettext_lazy("Format"),
    Rule.PLAIN: gettext_lazy("No shadow, no outline"),
}
_VERDICTS = {
    Verdict.PASS: gettext_lazy("passed"),
    Verdict.ADVICE: gettext_lazy("taken, more is advised"),
    Verdict.FAIL: gettext_lazy("not taken"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: `part` is what of the marketplace's own recipe puts it right, empty where it need not be."""

    name: str
    value: str
    limit: str
    verdict: str
    words: str
    part: str


def market_of(recipe: Recipe) -> Market | None:
    """The marketplace whose recipe this is, whatever the marks are."""
    plain = replace(recipe, marks=(), cutout=None, weights=None)
    return next((market for market in MARKETS if recipes.parse(market.document) == plain), None)


def named(slug: str) -> Market | None:
    return BY_SLUG.get(slug)


def shown(line: Line) -> Shown:
    return Shown(
        name=str(_NAMES[line.rule]),
        value=_value(line.rule, line.value),
        limit=_limit(line),
        verdict=str(line.verdict),
        words=str(_VERDICTS[line.verdict]),
        part=line.remedy or "",
    )


def _value(rule: Rule, value: Any) -> str:
    if value is None:
        return _("transparent")
    if rule is Rule.PLAIN:
        return _("none") if not value else _("there is one")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if rule is Rule.BYTES:
        return str(localize(round(value / 1000)))
    return value.upper() if isinstance(value, str) else str(localize(value))


def _limit(line: Line) -> str:
    if isinstance(line.limit, tuple):
        least, most = (None if end is None else _value(line.rule, end) for end in line.limit)
        if least and most:
            return _("%(least)s to %(most)s") % {"least": least, "most": most}
        return _("at least %(least)s") % {"least": least} if least else _("at most %(most)s") % {"most": most}
    if isinstance(line.limit, list):
        return ", ".join(name.upper() for name in line.limit)
    return _value(line.rule, line.limit)
