"""Counters by day for the dashboard: jobs done, opt-ins, messages. Numbers only, never who."""

from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone

from policy.models import DailyFigure


def add(key: str, value: int = 1, day: date | None = None) -> None:
    """Add to a figure of a day, today by default. One statement; safe from many processes at once."""
    where: dict[str, Any] = {"key": key, "day": day or timezone.localdate()}
    if DailyFigure.objects.filter(**where).update(value=F("value") + value):
        return
    _, is_new = DailyFigure.objects.get_or_create(**where, defaults={"value": value})
    if not is_new:  # another process made the row between the two statements
        DailyFigure.objects.filter(**where).update(value=F("value") + value)
