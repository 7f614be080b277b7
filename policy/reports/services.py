"""Making a report and handing it over (promise P10)."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from policy.models import AggregateReport, Partner, ReportedDay, ReportHandover
from policy.reports import tables
from policy.reports.tables import Dimension, Published, Request

logger = logging.getLogger(__name__)


class Refused(Exception):
    """A report must not go to this partner; the argument is a sentence for people."""


def preview(request: Request) -> Published:
    """The table as every known partner may see it. Raises tables.NothingToReport."""
    return tables.publish(request, _hosts())


def make(request: Request, *, title: str, by: Any) -> AggregateReport:
    """Work the table out and keep it as it is now. Raises tables.NothingToReport."""
    hosts = _hosts()
    published = tables.publish(request, hosts)
    report = AggregateReport.objects.create(
        title=title,
        first_day=request.first_day,
        last_day=request.last_day,
        dimensions=list(request.dimensions),
        minimum=request.minimum,
        table=published.as_json(),
        guarded=hosts,
        digest=tables.digest_of(published.as_json()),
        smallest=min(published.shown),
        created_by=by,
    )
    logger.info("report made", extra={"report": report.pk})
    return report


def _hosts() -> list[str]:
    return list(Partner.objects.exclude(host="").order_by("host").values_list("host", flat=True))


def days_taken(first: date, last: date, report: AggregateReport | None = None) -> AggregateReport | None:
    """Another report that has left the house with one of these days."""
    taken = ReportedDay.objects.filter(day__range=(first, last)).exclude(report=report)
    day = taken.select_related("report").first()
    return day.report if day else None


def hand_over(
    report: AggregateReport, *, partner: Partner, format: str, note: str, by: Any
) -> ReportHandover:
    """Log that a partner gets a report. Raises Refused when that would let it work out more than is shown."""
    _check(report, partner)
    with transaction.atomic():
        _claim_days(report)
        handover = ReportHandover.objects.create(
            report=report, partner=partner, partner_name=partner.name, format=format, note=note, by=by
        )
    logger.info("report handed over", extra={"report": report.pk, "partner": partner.pk})
    return handover


def _check(report: AggregateReport, partner: Partner) -> None:
    if tables.digest_of(report.table) != report.digest:
        raise Refused(_("This report has been altered since it was made. Please make a new one."))
    if partner.host and Dimension.HOST in report.dimensions and partner.host not in report.guarded:
        raise Refused(
            _(
                "This report was made before the site of %(partner)s was known, which could subtract "
                "its own visitors. Please make a new report."
            )
            % {"partner": partner.name}
        )


def _claim_days(report: AggregateReport) -> None:
    """Every day leaves in one report only. The database decides when two are handed over at once."""
    if report.days.exists():
        return
    days = Request(report.first_day, report.last_day, (), report.minimum).days()
    try:
        with transaction.atomic():
            ReportedDay.objects.bulk_create(ReportedDay(day=day, report=report) for day in days)
    except IntegrityError:
        other = days_taken(report.first_day, report.last_day, report)
        if other is not None:
            raise Refused(overlap(other)) from None


def overlap(other: AggregateReport) -> str:
    """Why a second report over the same days must stay."""
    return _(
        "Days of this period have been handed over in “%(title)s” (%(first)s to %(last)s). Two tables "
        "over the same days could be subtracted from each other. Please hand over that report again, or "
        "make one over other days."
    ) % {"title": other.title, "first": other.first_day.isoformat(), "last": other.last_day.isoformat()}


def published(report: AggregateReport) -> Published:
    return Published(**report.table)


def as_document(report: AggregateReport) -> dict[str, Any]:
    """What a partner gets as JSON. null is a figure that is withheld."""
    return {
        "title": report.title,
        "from": report.first_day.isoformat(),
        "to": report.last_day.isoformat(),
        "measure": report.measure,
        "minimum": report.minimum,
        **report.table,
        "checksum": report.digest,
    }


def as_rows(report: AggregateReport) -> Iterator[list[Any]]:
    """What a partner gets as CSV. A withheld figure is an empty cell."""
    table = published(report)
    names = [str(Dimension(name).label) for name in table.dimensions]
    yield [report.title]
    yield [_("From"), report.first_day.isoformat(), _("To"), report.last_day.isoformat()]
    yield [_("Empty cells are withheld; no figure is below"), report.minimum]
    yield [_("Checksum"), report.digest]
    yield []
    columns = [tables.label_of(table.dimensions[1], key) for key in table.columns] if table.columns else []
    yield [" / ".join(names), *columns, _("Total")]
    for key, figures in table.lines():
        yield [tables.label_of(table.dimensions[0], key), *figures]
    yield [_("Total"), *table.column_totals, table.total]
