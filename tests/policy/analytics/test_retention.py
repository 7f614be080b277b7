"""Single views for 30 days, figures by day for 25 months (promises P8 and P16)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import override_settings

from policy import retention, transparency
from policy.analytics import retention as rules
from policy.analytics import rollup
from policy.models import DailyFigure, PageSourceDaily, PageView, PageViewDaily
from tests.policy.analytics.base import stored

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


def _delete(now: datetime = NOW) -> int:
    with time_machine.travel(now, tick=False):
        return rules._delete_old_views()


def test_both_rules_are_registered() -> None:
    assert {"page-views", "daily-figures"} <= {rule.name for rule in retention.rules()}


def test_p16_views_go_after_thirty_days() -> None:
    kept, gone = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC)
    stored(kept)
    stored(gone)
    assert _delete() == 1
    assert PageView.objects.get().hour == kept


@pytest.mark.parametrize("hour", [0, 11, 23])
def test_p16_no_view_ever_gets_older_than_thirty_days(hour: int) -> None:
    now = NOW.replace(hour=hour, minute=59)
    for ago in range(28 * 24, 33 * 24):
        stored((now - timedelta(hours=ago)).replace(minute=0))
    _delete(now)
    oldest = PageView.objects.earliest("hour").hour
    assert now - timedelta(days=30) <= oldest <= now - timedelta(days=28)


def test_p16_views_are_counted_before_they_go() -> None:
    for ago in (35, 35, 60):
        stored(NOW - timedelta(days=ago), route=f"r{ago}")
    assert _delete() == 3
    assert dict(PageViewDaily.objects.values_list("route", "views")) == {"r35": 2, "r60": 1}


def test_a_view_that_cannot_be_counted_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(day: date) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(rollup, "roll_up", fail)
    stored(NOW - timedelta(days=40))
    with pytest.raises(OSError, match="disk full"):
        _delete()
    assert PageView.objects.count() == 1


def test_breaking_off_in_the_middle_of_a_day_does_not_spoil_its_figures() -> None:
    for hour in range(6):
        stored(datetime(2026, 2, 1, hour, tzinfo=UTC))
    rollup.roll_up(date(2026, 2, 1))
    PageView.objects.filter(hour__lt=datetime(2026, 2, 1, 3, tzinfo=UTC)).delete()
    assert _delete() == 3
    assert PageViewDaily.objects.get().views == 6
    assert not PageView.objects.exists()


@override_settings(TIME_ZONE="Europe/Berlin")
def test_whole_days_of_the_site_go_when_the_clock_changed_in_between() -> None:
    with time_machine.travel(datetime(2026, 4, 20, 10, tzinfo=UTC)):
        for hours in range(24 * 34):
            stored(datetime(2026, 4, 20, 10, tzinfo=UTC) - timedelta(hours=hours))
        rules._delete_old_views()
        # 22 March, 0:00 by the clock of the site, before summer time.
        assert PageView.objects.earliest("hour").hour == datetime(2026, 3, 21, 23, tzinfo=UTC)
        assert sum(row.views for row in PageViewDaily.objects.all()) > 0


def test_p16_figures_go_after_25_months() -> None:
    tables: list[Any] = [
        (PageViewDaily, {"route": "home"}),
        (PageSourceDaily, {"route": "home"}),
        (DailyFigure, {"key": "jobs.done"}),
    ]
    for table, fields in tables:
        table.objects.create(day=date(2024, 2, 28), **fields)
        table.objects.create(day=date(2024, 3, 1), **fields)
    with time_machine.travel(NOW, tick=False):
        assert rules._delete_old_figures() == 3
    assert all(table.objects.get().day == date(2024, 3, 1) for table, _ in tables)


def test_what_the_transparency_report_counts_stays() -> None:
    for key in transparency.KEYS:
        DailyFigure.objects.create(day=date(2020, 1, 1), key=key, value=3)
    assert rules._delete_old_figures() == 0
    assert DailyFigure.objects.count() == len(transparency.KEYS) > 0


def test_nothing_to_delete_is_no_error() -> None:
    assert _delete() == 0
