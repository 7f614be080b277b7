"""Counters by day for the dashboard: jobs done, opt-ins, messages. Numbers only, never who."""

from datetime import date
from typing import Any

from django.db.models import F, Sum

from policy.analytics import days
from policy.models import DailyFigure


def total(key: str) -> int:
    """All that was ever counted under a key and is still kept."""
    counted: int | None = DailyFigure.objects.filter(key=key).aggregate(total=Sum("value"))["total"]
    return counted or 0


def by_day(*keys: str) -> dict[str, dict[date, int]]:
    """What was counted under each key, by day."""
    counted: dict[str, dict[date, int]] = {key: {} for key in keys}
    for key, day, value in DailyFigure.objects.filter(key__in=keys).values_list("key", "day", "value"):
        counted[key][day] = value
    return counted


def add(key: str, value: int = 1, day: date | None = None) -> None:
    """Add to a figure of a day, today by default. Safe from many processes at once.

    One statement, and three more for the first of a day. Inside a transaction the figure waits for its end,
    and is taken back with it.
    """
    where: dict[str, Any] = {"key": key, "day": day or days.today()}
    if DailyFigure.objects.filter(**where).update(value=F("value") + value):
        return
    _, is_new = DailyFigure.objects.get_or_create(**where, defaults={"value": value})
    if not is_new:  # another process made the row between the two statements
        DailyFigure.objects.filter(**where).update(value=F("value") + value)
