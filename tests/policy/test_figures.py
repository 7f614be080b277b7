"""Counters by day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import models, transaction
from django.test import override_settings

from policy import figures
from policy.models import DailyFigure

pytestmark = pytest.mark.django_db


def _all() -> dict[tuple[str, date], int]:
    return {(figure.key, figure.day): figure.value for figure in DailyFigure.objects.all()}


def test_they_add_up_by_day_and_key() -> None:
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    for key, value, day in [("a", 1, first), ("a", 5, first), ("b", 2, first), ("a", 7, second)]:
        figures.add(key, value, day)
    assert _all() == {("a", first): 6, ("b", first): 2, ("a", second): 7}


@override_settings(TIME_ZONE="Europe/Berlin")
def test_today_is_that_of_the_site() -> None:
    with time_machine.travel(datetime(2026, 6, 30, 22, 30, tzinfo=UTC), tick=False):
        figures.add("jobs.done")
    assert _all() == {("jobs.done", date(2026, 7, 1)): 1}


def test_the_second_of_a_day_is_one_statement(django_assert_num_queries: Any) -> None:
    figures.add("jobs.done")
    with django_assert_num_queries(1):
        figures.add("jobs.done")


def test_two_processes_may_be_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = models.QuerySet.get_or_create

    def late(self: Any, **where: Any) -> Any:
        DailyFigure.objects.create(key=where["key"], day=where["day"], value=3)
        return whole(self, **where)

    monkeypatch.setattr(models.QuerySet, "get_or_create", late)
    figures.add("jobs.done", 2)
    assert list(_all().values()) == [5]


def test_what_is_taken_back_is_not_counted() -> None:
    with transaction.atomic():
        figures.add("jobs.done")
        transaction.set_rollback(True)
    assert _all() == {}
