"""Days by the clock of the site (settings.TIME_ZONE), as stretches of time.

A day of clock change has 23 or 25 hours, and each hour belongs to exactly one day: to that in which it began.
Views are kept by the full hour of UTC, so where the clock differs from UTC by half an hour, what was viewed
within the first half hour after midnight counts for the day before.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone


def today() -> date:
    return day_of(timezone.now())


def day_of(moment: datetime) -> date:
    return timezone.localdate(moment, timezone.get_default_timezone())


def midnight(day: date) -> datetime:
    """The moment at which a day begins. Where the clock skips midnight, that of the skip."""
    return datetime.combine(day, time.min, timezone.get_default_timezone()).astimezone(UTC)


def bounds(day: date) -> tuple[datetime, datetime]:
    """Beginning and end; the end is not part of the day."""
    return midnight(day), midnight(day + timedelta(days=1))


def from_to(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
