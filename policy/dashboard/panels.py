"""What stands on the dashboard: pictures, and the table of each."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policy.analytics import durations, names
from policy.dashboard import charts, sums
from policy.dashboard.charts import Series, Value
from policy.dashboard.data import Data
from policy.dashboard.sums import Views
from policy.models import PageSourceDaily

Cell = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class Panel:
    """`rows` are plain values, for the page and for the CSV alike; the first of a row names it."""

    key: str
    title: str
    columns: list[str]
    rows: list[list[Cell]]
    picture: str = ""
    legend: list[tuple[str, str]] = field(default_factory=list)
    scale: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[tuple[str, list[str]]]:
        """The rows as words."""
        return [(shown(row[0]), [shown(cell) for cell in row[1:]]) for row in self.rows]


def shown(value: Cell) -> str:
    """A value for people; a dash where there is none."""
    return _shown(value, get_language())


# A day stands in every table and in every hint, and small numbers are everywhere.
@lru_cache(maxsize=8192, typed=True)
def _shown(value: Cell, _language: str | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, float):
        return formats.number_format(value, 1, use_l10n=True, force_grouping=True)
    return value if isinstance(value, str) else formats.number_format(value, force_grouping=True)


def rounded(value: Value) -> float | None:
    return None if value is None else round(float(value), 1)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the panels over time have in common: a column for each series, a row for each point."""

    key: str
    title: str
    series: list[Series]
    draw: Callable[..., SafeString] = charts.line
    more: list[tuple[str, list[Cell]]] = field(default_factory=list)
    unit: str = ""


def over_time(data: Data) -> list[Panel]:
    drafts = [_views(data), _active(data), _errors(data)]
    if not data.routes:
        drafts += [_mail(data), _jobs(data), _queue(data)]
    return [_panel(draft, data) for draft in drafts]


def _views(data: Data) -> _Draft:
    now, old = data.views_now, data.views_before
    series = [Series(_("Views"), [point.views for point in now], "look-a")]
    if data.has_any(data.period.before()):
        series.append(Series(_("Period before"), [point.views for point in old], "look-before"))
    return _Draft("views", _("Page views"), series)


def _active(data: Data) -> _Draft:
    now = data.views_now
    series = [Series(_("Seconds a view"), [rounded(point.active_seconds) for point in now], "look-b")]
    timed: list[Cell] = [point.timed_views for point in now]
    return _Draft(
        "active-time", _("Active time"), series, more=[(_("Views with a time"), timed)], unit=_("s")
    )


def _errors(data: Data) -> _Draft:
    now = data.views_now
    series = [
        Series(_("Server errors (5xx)"), [point.failed for point in now], "look-bad"),
        Series(_("Refused (4xx)"), [point.refused for point in now], "look-warn"),
    ]
    share: list[Cell] = [rounded(point.errors_share) for point in now]
    return _Draft("errors", _("Errors"), series, charts.bars, [(_("In a hundred views"), share)])


def _mail(data: Data) -> _Draft:
    now = data.figures_now
    series = [
        Series(_("Opt-ins"), [point["email.opt-in"] for point in now], "look-a"),
        Series(_("Opt-outs"), [point["email.opt-out"] for point in now], "look-c"),
    ]
    return _Draft("mail", _("E-mail updates"), series, charts.bars)


def _jobs(data: Data) -> _Draft:
    now = data.figures_now
    series = [
        Series(_("Failed"), [point["jobs.failed"] for point in now], "look-bad"),
        Series(_("Done"), [point["jobs.done"] for point in now], "look-a"),
    ]
    return _Draft("jobs", _("Photos cut out"), series, charts.area)


def _queue(data: Data) -> _Draft:
    now = data.figures_now
    series = [
        Series(_("Waiting"), [rounded(point.wait_seconds) for point in now], "look-c"),
        Series(_("Work"), [rounded(point.work_seconds) for point in now], "look-b"),
    ]
    return _Draft("queue", _("Seconds a photo"), series, unit=_("s"))


def _panel(draft: _Draft, data: Data) -> Panel:
    names, series = data.starts, draft.series
    columns = [(one.name, list[Cell](one.values)) for one in series] + draft.more
    top = charts.top_of(*series, is_stacked=draft.draw is not charts.line)
    days = [shown(name) for name in names]
    words = charts.Words(draft.title, _describe(series, draft.unit), _hints(days, series), draft.key)
    return Panel(
        key=draft.key,
        title=draft.title,
        columns=[_("Day") if data.step == 1 else _("Week from"), *(name for name, _values in columns)],
        rows=[[name, *(values[number] for _n, values in columns)] for number, name in enumerate(names)],
        picture=draft.draw(words, *series),
        legend=[(one.look, one.name) for one in series],
        scale=[_tick(top, draft.unit), _tick(top / 2, draft.unit), "0"],
        ends=[days[0], days[-1]] if len(days) > 1 else days,
    )


def _tick(value: float, unit: str) -> str:
    number = formats.number_format(int(value) if value == int(value) else value, force_grouping=True)
    return f"{number} {unit}".rstrip()


def _hints(days: list[str], series: list[Series]) -> list[str]:
    return [
        " · ".join([day, *(f"{one.name}: {shown(one.values[number])}" for one in series)])
        for number, day in enumerate(days)
    ]


def _describe(series: list[Series], unit: str) -> str:
    """The gist of a picture in a sentence for each series."""
    return " ".join(filter(None, (_gist(one, unit) for one in series)))


def _gist(one: Series, unit: str) -> str:
    known = [value for value in one.values if value is not None]
    if not known:
        return _("%(name)s: no values.") % {"name": one.name}
    return _("%(name)s: from %(least)s to %(most)s, at last %(last)s.") % {
        "name": one.name,
        "least": f"{shown(min(known))} {unit}".rstrip(),
        "most": f"{shown(max(known))} {unit}".rstrip(),
        "last": f"{shown(known[-1])} {unit}".rstrip(),
    }


def pages(data: Data) -> tuple[Panel, list[SafeString]]:
    """Every page of the period, the most viewed first, and how long its slowest requests are drawn.

    Of one page, each of its routes by its own name.
    """
    buckets: defaultdict[str, Counter[str]] = defaultdict(Counter)
    now: defaultdict[str, list[Views]] = defaultdict(list)
    old: Counter[str] = Counter()
    for route, counts in sums.durations_by_route(data.period, data.routes).items():
        buckets[_line_of(route, data)].update(counts)
    for route, (views, before) in sums.views_by_route(data.period, data.routes).items():
        now[_line_of(route, data)].append(views)
        old[_line_of(route, data)] += before
    totals = {line: Views.of(parts) for line, parts in now.items()}
    rows = [_page(line, views, old[line], buckets[line]) for line, views in totals.items() if views.views]
    rows.sort(key=lambda row: (-row[1], row[0]))
    slowest = max((row[7] or 0 for row in rows), default=0)
    columns = [
        _("Page"),
        _("Views"),
        _("Period before"),
        _("Active time (s)"),
        _("4xx"),
        _("5xx"),
        _("Half within (ms)"),
        _("95 % within (ms)"),
    ]
    meters = [charts.meter(row[7] or 0, slowest, "look-b") for row in rows]
    return Panel("pages", _("Pages"), columns, rows), meters


def _line_of(route: str, data: Data) -> str:
    return route if data.routes else str(names.page_of(route).words)


def _page(name: str, now: Views, old: int, buckets: Mapping[str, int]) -> list[Any]:
    return [
        name,
        now.views,
        old,
        rounded(now.active_seconds),
        now.refused,
        now.failed,
        durations.percentile(buckets, 0.5),
        durations.percentile(buckets, 0.95),
    ]


# Of each table; the file has all of them.
MOST_SOURCES = 10


def sources(data: Data) -> list[Panel]:
    """Where readers came from: the sites that led them here, and their countries."""
    by_host: Counter[str] = Counter()
    by_country: Counter[str] = Counter()
    for host, country, views in sums.sources(data.period, data.routes):
        by_host[host] += views
        by_country[country] += views
    other = {PageSourceDaily.OTHER: _("Other sites"), "": _("No other site, or not told")}
    found = [_sources("referrers", _("Sites that led here"), by_host, other)]
    # Without a database nobody knows any country.
    if set(by_country) - {""}:
        found.append(_sources("countries", _("Countries"), by_country, {"": _("Not known")}))
    return found


def _sources(key: str, title: str, counts: Counter[str], words: dict[str, str]) -> Panel:
    rows: list[list[Cell]] = [
        [words.get(name, name), views, rounded(100 * views / counts.total())]
        for name, views in counts.most_common()
    ]
    return Panel(key, title, [title, _("Views"), _("In a hundred views")], rows)


def retention(data: Data) -> Panel:
    columns = [_("What is deleted"), _("Last run"), _("Runs"), _("Deleted"), _("Failed runs")]
    rows: list[list[Cell]] = [
        [str(runs.what), runs.last, runs.runs, runs.deleted, runs.failures]
        for runs in sums.retention_runs(data.period)
    ]
    return Panel("retention", _("Deletion runs"), columns, rows)


def retention_summed_up(panel: Panel) -> dict[str, Any]:
    """One sentence's worth of the table: how many rules ran, what they deleted, and which failed."""
    return {
        "rules": sum(row[1] is not None for row in panel.rows),
        "deleted": shown(sum(cast(int, row[3]) for row in panel.rows)),
        "failing": [row[0] for row in panel.rows if row[4]],
    }
