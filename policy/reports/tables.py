"""Tables of page views for partners, out of the daily rollups.

The rollups hold no field about a person (promise P8), and a dimension can only be one of those named here.
Lines that stand for less than the minimum are folded into “other” before anything is counted, since the
mere name of a rare referrer can say who came; “other” itself never stands for less than the minimum.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from policy import inventory
from policy.analytics import names
from policy.models import PageSourceDaily
from policy.reports import suppression
from policy.reports.suppression import Cell, Counts, Known

MOST_LINES = 25
MOST_CELLS = 1_000
OTHER = PageSourceDaily.OTHER


class Dimension(models.TextChoices):
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    ROUTE = "route", _("Page")
    HOST = "referrer_host", _("Site that visitors came from")
    COUNTRY = "country", _("Country")


_BINS: dict[str, Callable[[date], str]] = {
    Dimension.DAY: date.isoformat,
    Dimension.WEEK: lambda day: "{}-W{:02}".format(*day.isocalendar()[:2]),
    Dimension.MONTH: lambda day: f"{day:%Y-%m}",
}


class NothingToReport(Exception):
    """There is no table to be made; the argument is a sentence for people."""


class Leak(Exception):
    """The audit found cells that can be worked out. A fault of this program, never of the data."""


@dataclass(frozen=True, slots=True)
class Request:
    """Which table. `dimensions` are one or two, of which one at most is a time."""

    first_day: date
    last_day: date
    dimensions: tuple[str, ...]
    minimum: int

    def days(self) -> list[date]:
        length = (self.last_day - self.first_day).days + 1
        return [self.first_day + timedelta(days=number) for number in range(length)]


@dataclass(frozen=True, slots=True)
class Published:
    """What may be seen. None is a withheld cell; with one dimension `columns` and `cells` are empty."""

    dimensions: list[str]
    rows: list[str]
    columns: list[str]
    cells: list[list[int | None]]
    row_totals: list[int | None]
    column_totals: list[int | None]
    total: int | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def shown(self) -> list[int]:
        figures = [
            *(v for line in self.cells for v in line),
            *self.row_totals,
            *self.column_totals,
            self.total,
        ]
        return [figure for figure in figures if figure is not None]

    def lines(self) -> Iterable[tuple[str, list[int | None]]]:
        """Row by row: its key, its cells, its total."""
        for number, key in enumerate(self.rows):
            yield key, [*(self.cells[number] if self.columns else []), self.row_totals[number]]


def digest_of(table: dict[str, Any]) -> str:
    canonical = json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def label_of(dimension: str, key: str) -> str:
    """A line's name for people."""
    if dimension in _BINS:
        return key
    if key == OTHER:
        return pgettext("all other lines of a table", "Other")
    if dimension == Dimension.ROUTE:
        return str(names.page_of(key).words)
    return key or gettext("Not known")


def publish(request: Request, hosts: Iterable[str] = ()) -> Published:
    """The table as it may leave the house, safe against partners whose sites are `hosts` as well.

    Raises NothingToReport for a range without views, with too few, or with a table too large to check.
    """
    for name in request.dimensions:
        _refuse_personal(name)
    views, axes = _gather(request)
    named = [number for number, name in enumerate(request.dimensions) if name not in _BINS]
    counts = _count(views, axes).known_to_reach(request.minimum, named)
    insiders = [known for known in (_lines_of(host, request, axes, views) for host in hosts) if known]
    hidden = suppression.to_withhold(counts, request.minimum, insiders)
    if leaks := suppression.leaks(counts, hidden, request.minimum, insiders):
        raise Leak(leaks)
    if len(hidden) == len(counts.values):
        raise NothingToReport(gettext("The figures are so small that all of them would be withheld."))
    return _show(counts, hidden, request, axes)


def _refuse_personal(name: str) -> None:
    """No field that the inventory calls personal becomes a dimension, whatever happens to the rollup."""
    if name not in Dimension.values or any(
        entry.model is PageSourceDaily and name in entry.fields for entry in inventory.entries()
    ):
        raise NothingToReport(gettext("Reports hold nothing about persons."))


@dataclass(frozen=True, slots=True)
class _Axis:
    """The lines of one dimension, and the line that a value of the database belongs to."""

    keys: list[str]
    key_of: Callable[[Any], str]

    def __len__(self) -> int:
        return len(self.keys)


def _gather(request: Request) -> tuple[Counter[tuple[Any, ...]], list[_Axis]]:
    """Views by the values of the dimensions, and the axes that put them into lines."""
    columns = ["day" if name in _BINS else name for name in request.dimensions]
    rows = (
        PageSourceDaily.objects.filter(day__range=(request.first_day, request.last_day))
        .values_list(*columns)
        .annotate(sum=Sum("views"))
        .order_by()
    )
    views: Counter[tuple[Any, ...]] = Counter()
    for *values, total in rows:
        views[tuple(map(_page_or_value, columns, values))] += total
    _refuse_too_few(views.total(), request.minimum)
    axes = [_axis(request, number, views) for number in range(len(columns))]
    cells = (len(axes[0]) + 1) * (len(axes[1]) + 1 if axes[1:] else 1)
    if cells > MOST_CELLS:
        sentence = gettext(
            "This table would have %(cells)s cells, and more than %(most)s cannot be checked. "
            "Please choose a shorter period, or weeks or months instead of days."
        )
        raise NothingToReport(sentence % {"cells": cells, "most": MOST_CELLS})
    return views, axes


def _page_or_value(column: str, value: Any) -> Any:
    """Routes are lines of the page that they belong to."""
    return names.page_of(value).key if column == Dimension.ROUTE else value


def _refuse_too_few(total: int, minimum: int) -> None:
    if not total:
        raise NothingToReport(gettext("There are no page views in this period."))
    if total < minimum:
        sentence = gettext(
            "There are fewer than %(minimum)s page views in this period: too few for a report."
        )
        raise NothingToReport(sentence % {"minimum": minimum})


def _axis(request: Request, number: int, views: Counter[tuple[Any, ...]]) -> _Axis:
    name = request.dimensions[number]
    if name in _BINS:
        # Every line of the period, so that a missing one says nothing.
        return _Axis(list(dict.fromkeys(map(_BINS[name], request.days()))), _BINS[name])
    totals: Counter[str] = Counter()
    for values, count in views.items():
        totals[values[number]] += count
    kept = _worth_a_line(totals, request.minimum)
    keys = sorted(kept) + ([OTHER] if totals.keys() - kept else [])
    return _Axis(keys, lambda value: value if value in kept else OTHER)


def _worth_a_line(totals: Counter[str], minimum: int) -> set[str]:
    """The most frequent values; what is folded is none, or at least the minimum when taken together."""
    ranked = [key for key, count in totals.most_common() if key != OTHER and count >= minimum]
    kept = ranked[:MOST_LINES]
    folded = totals.total() - sum(totals[key] for key in kept)
    while kept and 0 < folded < minimum:
        folded += totals[kept.pop()]
    return set(kept)


def _count(views: Counter[tuple[Any, ...]], axes: list[_Axis]) -> Counts:
    sums: Counter[tuple[str, ...]] = Counter()
    for values, count in views.items():
        sums[tuple(axis.key_of(value) for axis, value in zip(axes, values, strict=True))] += count
    if len(axes) == 1:
        return Counts.of([[sums[key,]] for key in axes[0].keys], is_flat=True)
    return Counts.of([[sums[row, column] for column in axes[1].keys] for row in axes[0].keys])


def _lines_of(host: str, request: Request, axes: list[_Axis], views: Counter[tuple[Any, ...]]) -> Known:
    """The lines that a partner knows in part or whole since its own visitors are in them."""
    if Dimension.HOST not in request.dimensions:
        return frozenset()
    number = request.dimensions.index(Dimension.HOST)
    own = {values[number] for values in views if is_site_of(values[number], host)}
    axis = axes[number]
    return frozenset((number, axis.keys.index(axis.key_of(value))) for value in own)


def is_site_of(name: str, host: str) -> bool:
    """Is this host the partner's, or below it?"""
    return name == host or name.endswith(f".{host}")


def _show(counts: Counts, hidden: frozenset[Cell], request: Request, axes: list[_Axis]) -> Published:
    def shown(row: int, column: int) -> int | None:
        return None if (row, column) in hidden else counts.values[row, column]

    rows, columns = range(counts.rows), range(counts.columns)
    return Published(
        dimensions=list(request.dimensions),
        rows=axes[0].keys,
        columns=axes[1].keys if axes[1:] else [],
        cells=[[shown(i, j) for j in columns] for i in rows] if counts.columns else [],
        row_totals=[shown(i, counts.columns) for i in rows],
        column_totals=[shown(counts.rows, j) for j in columns],
        total=shown(counts.rows, counts.columns),
    )
