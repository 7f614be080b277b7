"""What shows that partners get sums and nothing else (promise P10)."""

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db.models import Count, Max, Min
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _

from policy import evidence, transparency
from policy.evidence import Figure
from policy.models import AggregateReport, ReportHandover


@evidence.register("P10")
def _handed_over() -> Iterator[Figure]:
    log = ReportHandover.objects.aggregate(
        times=Count("pk"), partners=Count("partner", distinct=True), last=Max("handed_at")
    )
    smallest = AggregateReport.objects.handed_over().aggregate(least=Min("smallest"))["least"]
    yield Figure(_("Times that a report was handed to a partner"), log["times"])
    yield Figure(_("Partners that were given one"), log["partners"])
    yield Figure(_("The last time"), log["last"])
    yield Figure(_("Smallest group that may be shown"), settings.REPORT_MINIMUM)
    yield Figure(_("Smallest figure in any report that was handed over"), smallest)


@transparency.counted_by("reports.handed-over")
def _by_year() -> Mapping[int, int]:
    years = ReportHandover.objects.order_by().values(year=ExtractYear("handed_at"))
    return {row["year"]: row["times"] for row in years.annotate(times=Count("pk"))}
