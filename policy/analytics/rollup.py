"""Figures by day, made of the single rows by the database. Doing it again changes nothing."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Count, F, Max, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from policy.analytics import days, durations, tokens
from policy.models import DailyFigure, PageSourceDaily, PageView, PageViewDaily

VIEWS = "views"
# Hosts are the word of whoever asks: named by the thousand, they would fill the table.
MOST_HOSTS = 50

_SUMS = {
    "count": Count("pk"),
    "of_4xx": Count("pk", filter=Q(status__gte=400, status__lt=500)),
    "of_5xx": Count("pk", filter=Q(status__gte=500)),
    "time": Sum("duration_ms"),
    "timed": Count("active_ms"),
    "active": Sum("active_ms"),
}


def roll_up_recent() -> None:
    """Every day whose rows may have changed since the last time, even if that was long ago."""
    # A page may tell its time until its token ends, and a little later from the buffer.
    last_change = timezone.now() - tokens.LIFETIME - timedelta(hours=1)
    first = days.day_of(last_change)
    known = DailyFigure.objects.filter(key=VIEWS).aggregate(day=Max("day"))["day"]
    oldest = PageView.objects.order_by("hour").values_list("hour", flat=True).first()
    missed = known or (days.day_of(oldest) if oldest else first)
    for day in days.from_to(min(first, missed), days.today()):
        roll_up(day)


def roll_up(day: date) -> None:
    """Count a day anew; a day whose rows have begun to be deleted stays as it was."""
    routes, sources = _routes(day), _sources(day)
    total = sum(row.views for row in routes)
    with transaction.atomic():
        before = _lock(day)
        if total < before.value:
            return
        before.value = total
        before.save(update_fields=["value"])
        PageViewDaily.objects.filter(day=day).delete()
        PageViewDaily.objects.bulk_create(routes)
        PageSourceDaily.objects.filter(day=day).delete()
        PageSourceDaily.objects.bulk_create(sources)


def _lock(day: date) -> DailyFigure:
    """The day's own row: whoever counts the same day at the same time waits here."""
    DailyFigure.objects.get_or_create(day=day, key=VIEWS)
    return DailyFigure.objects.select_for_update().get(day=day, key=VIEWS)


def _views(day: date) -> QuerySet[PageView]:
    start, end = days.bounds(day)
    return PageView.objects.filter(hour__gte=start, hour__lt=end)


def _routes(day: date) -> list[PageViewDaily]:
    """One row a route, made of the database's answer: one row a route and bucket of durations."""
    rows: dict[str, PageViewDaily] = {}
    counted: Any = _views(day).values("route", bucket=durations.bucket()).annotate(**_SUMS)
    for part in counted:
        row = rows.setdefault(part["route"], PageViewDaily(day=day, route=part["route"], durations={}))
        row.durations[part["bucket"]] = part["count"]
        row.views += part["count"]
        row.refused += part["of_4xx"]
        row.failed += part["of_5xx"]
        row.duration_ms += part["time"]
        row.timed_views += part["timed"]
        row.active_ms += part["active"] or 0
    return list(rows.values())


def _sources(day: date) -> list[PageSourceDaily]:
    by_host = _views(day).exclude(referrer_host="").values("referrer_host").annotate(count=Count("pk"))
    frequent = by_host.order_by("-count", "referrer_host").values_list("referrer_host", flat=True)
    named = When(referrer_host__in=["", *frequent[:MOST_HOSTS]], then=F("referrer_host"))
    host = Case(named, default=Value(PageSourceDaily.OTHER), output_field=CharField())
    counted = _views(day).values_list("route", "country", host).annotate(Count("pk"))
    return [
        PageSourceDaily(day=day, route=route, country=country, referrer_host=name, views=count)
        for route, country, name, count in counted
    ]
