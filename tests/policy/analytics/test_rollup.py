"""Figures by day equal a recount of the single rows (promise P9)."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings

from policy.analytics import days, durations, rollup
from policy.models import DailyFigure, PageSourceDaily, PageView, PageViewDaily
from policy.tasks import roll_up_views
from tests.policy.analytics.base import stored, view

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _scatter(number: int, seed: int, **fields: Any) -> list[PageView]:
    """Views of all kinds around a day."""
    pick = random.Random(seed)  # noqa: S311 (the same views each time)
    rows = [
        view(
            NOON + timedelta(hours=pick.randrange(-40, 40)),
            route=pick.choice(["home", "photos", "guide/pets", "unknown"]),
            status=pick.choice([200, 200, 200, 302, 404, 422, 500]),
            duration_ms=pick.choice([0, 3, 5, 6, 49, 50, 51, 800, 70_000]),
            referrer_host=pick.choice(["", "", "example.org", "shop.example.org"]),
            country=pick.choice(["", "DE", "NZ"]),
            active_ms=pick.choice([None, None, 0, 900, 45_000]),
            **fields,
        )
        for _ in range(number)
    ]
    return PageView.objects.bulk_create(rows)


def _recounted(day: date) -> dict[str, dict[str, Any]]:
    """The figures of a day by going through the rows one by one."""
    found: dict[str, dict[str, Any]] = {}
    for row in PageView.objects.all():
        if row.hour.astimezone(ZoneInfo(settings.TIME_ZONE)).date() != day:
            continue
        sums = found.setdefault(row.route, Counter())
        sums["views"] += 1
        sums["refused"] += 400 <= row.status <= 499
        sums["failed"] += row.status >= 500
        sums["duration_ms"] += row.duration_ms
        sums["timed_views"] += row.active_ms is not None
        sums["active_ms"] += row.active_ms or 0
        bucket = next((str(b) for b in durations.BOUNDS if row.duration_ms <= b), durations.LONGER)
        sums[bucket] += 1
    return {route: {name: n for name, n in sums.items() if n} for route, sums in found.items()}


def _rolled_up(day: date) -> dict[str, dict[str, Any]]:
    names = ("views", "refused", "failed", "duration_ms", "timed_views", "active_ms")
    return {
        row.route: {name: getattr(row, name) for name in names if getattr(row, name)} | row.durations
        for row in PageViewDaily.objects.filter(day=day)
    }


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"])
def test_p09_figures_equal_a_recount_from_the_rows(zone: str) -> None:
    _scatter(600, seed=9)
    with override_settings(TIME_ZONE=zone):
        for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)):
            rollup.roll_up(day)
            assert _rolled_up(day) == _recounted(day) != {}


def test_p09_sources_equal_a_recount_from_the_rows() -> None:
    _scatter(400, seed=10)
    rollup.roll_up(DAY)
    found = {
        (row.route, row.referrer_host, row.country): row.views
        for row in PageSourceDaily.objects.filter(day=DAY)
    }
    rows = [row for row in PageView.objects.all() if row.hour.date() == DAY]
    assert found == Counter((row.route, row.referrer_host, row.country) for row in rows)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
@override_settings(TIME_ZONE="Europe/Berlin")
def test_p09_no_hour_is_lost_or_counted_twice_when_the_clock_changes(day: date, hours: int) -> None:
    start = days.midnight(day)
    PageView.objects.bulk_create([view(start + timedelta(hours=n)) for n in range(-30, 54)])
    week = days.from_to(day - timedelta(days=3), day + timedelta(days=3))
    for one in week:
        rollup.roll_up(one)
    assert PageViewDaily.objects.get(day=day).views == hours
    assert sum(row.views for row in PageViewDaily.objects.all()) == PageView.objects.count()


def test_doing_it_again_changes_nothing() -> None:
    _scatter(100, seed=11)
    rollup.roll_up(DAY)
    first = _rolled_up(DAY), PageSourceDaily.objects.count()
    for _ in range(3):
        rollup.roll_up(DAY)
    assert (_rolled_up(DAY), PageSourceDaily.objects.count()) == first


def test_late_rows_and_times_are_taken_in() -> None:
    row = stored(NOON)
    rollup.roll_up(DAY)
    PageView.objects.filter(pk=row.pk).update(active_ms=2000)
    stored(NOON, route="photos")
    rollup.roll_up(DAY)
    assert PageViewDaily.objects.get(route="home").active_ms == 2000
    assert PageViewDaily.objects.get(route="photos").views == 1
    assert DailyFigure.objects.get(key="views").value == 2


def test_a_day_whose_rows_are_being_deleted_stays_as_it_was() -> None:
    rows = [stored(NOON) for _ in range(5)]
    rollup.roll_up(DAY)
    rows[0].delete()
    rollup.roll_up(DAY)
    assert PageViewDaily.objects.get().views == 5


def test_a_day_without_views_has_no_rows() -> None:
    rollup.roll_up(DAY)
    assert not PageViewDaily.objects.exists()
    assert not PageSourceDaily.objects.exists()


def test_a_figure_of_another_kind_is_left_alone() -> None:
    DailyFigure.objects.create(day=DAY, key="jobs.done", value=7)
    stored(NOON)
    rollup.roll_up(DAY)
    assert DailyFigure.objects.get(key="jobs.done").value == 7


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_max_num_queries: Any) -> None:
    _scatter(500, seed=12)
    with django_assert_max_num_queries(20):
        rollup.roll_up(DAY)


class TestManyHosts:
    def _hosts(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for row in PageSourceDaily.objects.all():
            found[row.referrer_host] += row.views
        return dict(found)

    def test_those_beyond_the_most_frequent_are_one(self) -> None:
        named = [view(NOON, referrer_host=f"s{n:03}.example.org") for n in range(rollup.MOST_HOSTS + 30)]
        often = [view(NOON, referrer_host="shop.example.org") for _ in range(2)]
        PageView.objects.bulk_create([*named, *often, view(NOON)])
        rollup.roll_up(DAY)
        hosts = self._hosts()
        assert len(hosts) == rollup.MOST_HOSTS + 2
        assert (hosts["shop.example.org"], hosts["other"], hosts[""]) == (2, 31, 1)

    def test_a_flood_of_invented_hosts_does_not_fill_the_table(self) -> None:
        flood = [view(NOON, referrer_host=f"{n}.example.org", route=f"r{n % 3}") for n in range(2000)]
        PageView.objects.bulk_create(flood)
        rollup.roll_up(DAY)
        assert PageSourceDaily.objects.count() <= rollup.MOST_HOSTS * 3 + 3
        assert sum(self._hosts().values()) == 2000


class TestWhichDays:
    def _counted(self, now: datetime) -> set[date]:
        with time_machine.travel(now, tick=False):
            roll_up_views()
        return set(PageViewDaily.objects.values_list("day", flat=True))

    def test_today_and_yesterday(self) -> None:
        for ago in range(5):
            stored(NOON - timedelta(days=ago))
        DailyFigure.objects.create(day=DAY, key="views")
        assert self._counted(NOON) == {DAY, DAY - timedelta(days=1)}

    def test_just_after_midnight_a_page_of_the_day_before_yesterday_may_have_told_its_time(self) -> None:
        for ago in range(5):
            stored(NOON - timedelta(days=ago))
        DailyFigure.objects.create(day=DAY, key="views")
        counted = self._counted(datetime(2026, 3, 1, 0, 30, tzinfo=UTC))
        assert counted == {DAY, DAY - timedelta(days=1), DAY - timedelta(days=2)}

    def test_what_was_missed_while_the_scheduler_was_away(self) -> None:
        for ago in range(12):
            stored(NOON - timedelta(days=ago))
        DailyFigure.objects.create(day=DAY - timedelta(days=9), key="views")
        assert self._counted(NOON) == set(days.from_to(DAY - timedelta(days=9), DAY))

    def test_the_first_time_everything(self) -> None:
        for ago in (0, 3, 20):
            stored(NOON - timedelta(days=ago))
        assert len(self._counted(NOON)) == 3

    def test_before_the_first_view_nothing_fails(self) -> None:
        assert self._counted(NOON) == set()
