"""How long views are kept: single rows 30 days, figures by day 25 months (promises P8 and P16)."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from policy import retention, transparency
from policy.analytics import days, rollup
from policy.analytics.models import DailyFigure, PageSourceDaily, PageView, PageViewDaily

ROWS_KEPT_DAYS = 30
# Two years to compare with, and the month under way.
FIGURES_KEPT = timedelta(days=761)


@retention.register("page-views", every=timedelta(hours=1), what=_("Single page views"))
def _delete_old_views() -> int:
    """Day by day, each after it has been counted for the last time."""
    # Today is one of the thirty.
    first_kept = days.today() - timedelta(days=ROWS_KEPT_DAYS - 1)
    deleted = 0
    while (oldest := _oldest_day()) and oldest < first_kept:
        rollup.roll_up(oldest)
        deleted += _delete_rows(oldest)
    return deleted


def _oldest_day() -> date | None:
    hour = PageView.objects.order_by("hour").values_list("hour", flat=True).first()
    return days.day_of(hour) if hour else None


def _delete_rows(day: date) -> int:
    """Hour by hour: a busy day at one stroke would make everybody wait who wants to write."""
    start, end = days.bounds(day)
    hours = PageView.objects.filter(hour__gte=start, hour__lt=end).order_by("hour")
    deleted = 0
    while hour := hours.values_list("hour", flat=True).first():
        deleted += PageView.objects.filter(hour=hour).delete()[0]
    return deleted


@retention.register("daily-figures", every=timedelta(days=1), what=_("Sums by day that are too old"))
def _delete_old_figures() -> int:
    first_kept = days.today() - FIGURES_KEPT
    # What the transparency report counts stays: the years before must not change.
    figures = DailyFigure.objects.exclude(key__in=transparency.KEYS)
    tables = (PageViewDaily.objects.all(), PageSourceDaily.objects.all(), figures)
    return sum(table.filter(day__lt=first_kept).delete()[0] for table in tables)
