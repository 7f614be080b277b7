"""Days by the clock of the site, also when it is changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from policy.analytics import days

# Half hours, skipped midnights, repeated midnights, a skipped day.
ZONES = [
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Cairo",
    "Pacific/Kiritimati",
    "America/St_Johns",
]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 24),
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2026, 10, 26), 24),
    ],
)
@override_settings(TIME_ZONE="Europe/Berlin")
def test_a_day_of_clock_change_is_shorter_or_longer(day: date, hours: int) -> None:
    start, end = days.bounds(day)
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ZONES)
@given(day=st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_days_follow_each_other_without_gap_or_overlap(zone: str, day: date) -> None:
    with override_settings(TIME_ZONE=zone):
        start, end = days.bounds(day)
        assert end == days.bounds(day + timedelta(days=1))[0]
        assert timedelta(hours=22) < end - start < timedelta(hours=26)


@pytest.mark.parametrize("zone", ZONES)
@given(hour=st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)))
def test_each_hour_lies_in_the_day_that_it_is_said_to_belong_to(zone: str, hour: datetime) -> None:
    hour = hour.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    with override_settings(TIME_ZONE=zone):
        start, end = days.bounds(days.day_of(hour))
        assert start <= hour < end


@override_settings(TIME_ZONE="Europe/Berlin")
def test_midnight_is_that_of_the_site() -> None:
    with time_machine.travel(datetime(2026, 6, 30, 22, 0, tzinfo=UTC), tick=False):
        assert days.today() == date(2026, 7, 1)
    with time_machine.travel(datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), tick=False):
        assert days.today() == date(2026, 6, 30)


@override_settings(TIME_ZONE="Asia/Kolkata")
def test_where_clocks_are_half_an_hour_off_an_hour_belongs_to_the_day_it_began_in() -> None:
    # 18:00 UTC is 23:30 there; midnight is 18:30 UTC.
    assert days.day_of(datetime(2026, 3, 1, 18, tzinfo=UTC)) == date(2026, 3, 1)
    assert days.day_of(datetime(2026, 3, 1, 19, tzinfo=UTC)) == date(2026, 3, 2)


def test_from_to() -> None:
    first, last = date(2026, 2, 27), date(2026, 3, 1)
    assert days.from_to(first, last) == [first, date(2026, 2, 28), last]
    assert days.from_to(first, first) == [first]
    assert days.from_to(last, first) == []
