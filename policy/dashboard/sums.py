"""What the rollups add up to: one query for each table, however long the period. Raw rows are not read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self

from django.db import connection
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from bgbegone.lib.words import Words
from policy import retention
from policy.analytics import durations
from policy.dashboard.periods import Period
from policy.models import DailyFigure, PageSourceDaily, PageViewDaily, RetentionRun

_NAMES = ("views", "refused", "failed", "duration_ms", "timed_views", "active_ms")


@dataclass(slots=True)
class Views:
    """Sums of page views; times in milliseconds. `refused` are answers 4xx, `failed` are 5xx."""

    views: int = 0
    refused: int = 0
    failed: int = 0
    duration_ms: int = 0
    timed_views: int = 0
    active_ms: int = 0

    @classmethod
    def of(cls, parts: Iterable[Self]) -> Self:
        total = cls()
        for part in parts:
            for name in _NAMES:
                setattr(total, name, getattr(total, name) + getattr(part, name))
        return total

    @property
    def active_seconds(self) -> float | None:
        """Mean over the views whose time is known."""
        return self.active_ms / self.timed_views / 1000 if self.timed_views else None

    @property
    def duration(self) -> float | None:
        """Mean milliseconds to answer."""
        return self.duration_ms / self.views if self.views else None

    @property
    def errors_share(self) -> float | None:
        """Refused and failed requests in a hundred."""
        return 100 * (self.refused + self.failed) / self.views if self.views else None


@dataclass(slots=True)
class Figures:
    """Sums of the counters that other parts keep by day."""

    counts: Counter[str] = field(default_factory=Counter)

    def __getitem__(self, key: str) -> int:
        return self.counts[key]

    @classmethod
    def of(cls, parts: Iterable[Self]) -> Self:
        return cls(sum((part.counts for part in parts), Counter()))

    @property
    def jobs(self) -> int:
        return self["jobs.done"] + self["jobs.failed"]

    @property
    def wait_seconds(self) -> float | None:
        """Mean time that a job waited in the queue."""
        return self["jobs.wait_ms"] / self.jobs / 1000 if self.jobs else None

    @property
    def work_seconds(self) -> float | None:
        return self["jobs.work_ms"] / self.jobs / 1000 if self.jobs else None


FIGURES = ("jobs.done", "jobs.failed", "jobs.wait_ms", "jobs.work_ms", "email.opt-in", "email.opt-out")


def views_by_day(first: date, last: date, routes: Sequence[str] = ()) -> dict[date, Views]:
    rows = PageViewDaily.objects.filter(day__range=(first, last))
    rows = rows.filter(route__in=routes) if routes else rows
    sums = rows.order_by().values("day").annotate(**{f"sum_{name}": Sum(name) for name in _NAMES})
    return {
        day: Views(*numbers) for day, *numbers in sums.values_list("day", *(f"sum_{name}" for name in _NAMES))
    }


def views_by_route(period: Period, routes: Sequence[str] = ()) -> dict[str, tuple[Views, int]]:
    """Each route's sums, and its views in the period before."""
    rows = PageViewDaily.objects.filter(day__range=(period.before().first, period.last))
    rows = rows.filter(route__in=routes) if routes else rows
    now, old = Q(day__gte=period.first), Q(day__lt=period.first)
    sums = (
        rows.order_by()
        .values("route")
        .annotate(
            before=Sum("views", filter=old, default=0),
            **{f"sum_{name}": Sum(name, filter=now, default=0) for name in _NAMES},
        )
        .values_list("route", "before", *(f"sum_{name}" for name in _NAMES))
    )
    return {name: (Views(*numbers), before) for name, before, *numbers in sums}


# Of a longer period answer times and sources are those of its last days: a year of them takes the database
# longer than a page may.
DETAIL_DAYS = 30

# One column for each bucket: the ORM cannot name a JSON key that is a number, a year of objects is too much
# to load, and to unfold them into rows takes the database twice as long.
_BUCKETS = [*(str(bound) for bound in durations.BOUNDS), durations.LONGER]
_COUNT_OF = {"sqlite": "json_extract(durations, '$.\"{}\"')", "postgresql": "(durations ->> '{}')::bigint"}


def durations_by_route(period: Period, routes: Sequence[str] = ()) -> dict[str, Counter[str]]:
    """How many requests each bucket of `analytics.durations` holds, in the last 30 days of a period."""
    count_of = _COUNT_OF[connection.vendor]
    columns = ", ".join(f"SUM({count_of.format(bucket)})" for bucket in _BUCKETS)
    of_page = f" AND route IN ({', '.join(['%s'] * len(routes))})" if routes else ""
    statement = (
        f"SELECT route, {columns} FROM policy_pageviewdaily WHERE day BETWEEN %s AND %s"  # noqa: S608
        f"{of_page} GROUP BY route"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [period.ending(DETAIL_DAYS).first, period.last, *routes])
        return {name: _counted(counts) for name, *counts in cursor}


def _counted(counts: list[int | None]) -> Counter[str]:
    return Counter({bucket: int(count) for bucket, count in zip(_BUCKETS, counts, strict=True) if count})


def sources(period: Period, routes: Sequence[str] = ()) -> list[tuple[str, str, int]]:
    """Referring host, country and views in the last 30 days of a period: a year holds too many to add up."""
    rows = PageSourceDaily.objects.filter(day__range=(period.ending(DETAIL_DAYS).first, period.last))
    rows = rows.filter(route__in=routes) if routes else rows
    return list(rows.order_by().values_list("referrer_host", "country").annotate(Sum("views")))


def figures_by_day(first: date, last: date) -> dict[date, Figures]:
    rows = DailyFigure.objects.filter(day__range=(first, last), key__in=FIGURES)
    found: defaultdict[date, Figures] = defaultdict(Figures)
    for day, key, value in rows.values_list("day", "key", "value"):
        found[day].counts[key] = value
    return found


@dataclass(frozen=True, slots=True)
class Runs:
    """How one rule of retention fared; `rule` is its name and `what` what it deletes; `last` is None when it
    did not run."""

    rule: str
    what: Words
    last: datetime | None = None
    runs: int = 0
    deleted: int = 0
    failures: int = 0


RUNS_DAYS = 7


def retention_runs(period: Period) -> list[Runs]:
    """Every rule in the last days of a period: some run every few minutes, too often to add up a year."""
    first, end = period.ending(RUNS_DAYS).moments()
    # One that began just now is still at work.
    is_over = Q(ran_at__lt=timezone.now() - timedelta(minutes=5))
    rows = (
        RetentionRun.objects.filter(ran_at__gte=first, ran_at__lt=end)
        .order_by()
        .values_list("rule")
        .annotate(Max("ran_at"), Count("pk"), Sum("deleted"))
        .annotate(failures=Count("pk", filter=is_over & Q(is_complete=False)))
    )
    words = {rule.name: rule.what for rule in retention.rules()}
    found = {rule: Runs(rule, what) for rule, what in words.items()}
    # A rule of an earlier version of this program has only its name.
    found |= {rule: Runs(rule, words.get(rule, rule), *counts) for rule, *counts in rows}
    return sorted(found.values(), key=lambda runs: str(runs.what))
