"""The figures of a whole period, and how they differ from those of the period before."""

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policy.dashboard.charts import Value
from policy.dashboard.data import Data
from policy.dashboard.panels import shown
from policy.dashboard.sums import Figures, Views


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the whole period; `mood` says whether its change is for the better."""

    label: str
    value: str
    change: str
    mood: str = ""


def of(data: Data) -> list[Tile]:
    now, old = Views.of(data.views_now), Views.of(data.views_before)
    found = [
        _tile(_("Page views"), now.views, old.views, data, good=1),
        _tile(_("Active time a view"), now.active_seconds, old.active_seconds, data, good=1, unit=_("s")),
        _tile(_("Errors in a hundred views"), now.errors_share, old.errors_share, data, good=-1),
        _tile(
            _("Mean time to answer"), _whole(now.duration), _whole(old.duration), data, good=-1, unit=_("ms")
        ),
    ]
    return found if data.routes else found + _figure_tiles(data)


def _figure_tiles(data: Data) -> list[Tile]:
    now, old = Figures.of(data.figures_now), Figures.of(data.figures_before)
    return [
        _tile(_("Photos cut out"), now["jobs.done"], old["jobs.done"], data, good=1),
        _tile(_("Photos failed"), now["jobs.failed"], old["jobs.failed"], data, good=-1),
        _tile(_("Wait in the queue"), now.wait_seconds, old.wait_seconds, data, good=-1, unit=_("s")),
        _tile(_("Opt-ins"), now["email.opt-in"], old["email.opt-in"], data, good=1),
        _tile(_("Opt-outs"), now["email.opt-out"], old["email.opt-out"], data, good=-1),
    ]


def _tile(label: str, now: Value, old: Value, data: Data, *, good: int, unit: str = "") -> Tile:  # noqa: PLR0913
    value = "–" if now is None else f"{shown(now)} {unit}".rstrip()
    before = old if data.has_any(data.period.before()) else None
    difference = 0 if now is None or before is None else now - before
    mood = "" if not difference else "better" if difference * good > 0 else "worse"
    return Tile(label, value, _change(now, before, data.period.length), mood)


def _change(now: Value, old: Value, length: int) -> str:
    """The difference in words, with its sign."""
    if now is None or old is None:
        return _("No earlier data") if old is None else ""
    if now == old:
        return ngettext("As on the day before", "As in the %(days)s days before", length) % {"days": length}
    if not old:
        return ngettext("None on the day before", "None in the %(days)s days before", length) % {
            "days": length
        }
    percent = _percent(abs(100 * (now - old) / old))
    if now > old:
        words = ngettext(
            "+%(n)s %% against the day before", "+%(n)s %% against the %(days)s days before", length
        )
    else:
        words = ngettext(
            "−%(n)s %% against the day before", "−%(n)s %% against the %(days)s days before", length
        )
    return words % {"n": percent, "days": length}


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def _percent(number: float) -> str:
    return formats.number_format(max(number, 0.1), 1 if number < 10 else 0, force_grouping=True)
