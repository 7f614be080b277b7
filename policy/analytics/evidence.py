"""What the policy page shows of page views, beside the promise about them (P8)."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from policy import evidence
from policy.analytics import days, rollup
from policy.analytics.models import DailyFigure, PageView
from policy.analytics.retention import ROWS_KEPT_DAYS


@evidence.register("P8")
def _views() -> Iterator[evidence.Figure]:
    first = days.today() - timedelta(days=ROWS_KEPT_DAYS - 1)
    counted = DailyFigure.objects.filter(key=rollup.VIEWS, day__gte=first).aggregate(views=Sum("value"))
    yield evidence.Figure(_("Page views in the last 30 days"), counted["views"] or 0)
    oldest = PageView.objects.order_by("hour").values_list("hour", flat=True).first()
    yield evidence.Figure(_("Oldest page view that is kept one by one"), oldest)
