"""Pages of the admin for reports: build with a preview, look, hand over."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bgbegone.lib.admins import Admin
from bgbegone.lib.sheets import csv_file
from policy.models import AggregateReport, ReportHandover
from policy.reports import services, tables
from policy.reports.forms import HandoverForm, ReportForm
from policy.reports.tables import Dimension, NothingToReport, Published


@require_http_methods(["GET", "HEAD", "POST"])
def build(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A form; with its answers in the address a preview as well; POST keeps what the preview shows."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    is_sent = request.method == "POST"
    asked = request.POST if is_sent else request.GET
    form = ReportForm(asked if asked else None)
    context: dict[str, Any] = {"title": _("New report for partners"), "form": form}
    if form.is_bound and form.is_valid():
        try:
            if is_sent:
                report = services.make(form.request(), title=form.cleaned_data["title"], by=request.user)
                return redirect("admin:policy_aggregatereport_change", report.pk)
            table = services.preview(form.request())
            taken = services.days_taken(form.request().first_day, form.request().last_day)
            context |= {
                "table": grid(table),
                "overlap": services.overlap(taken) if taken else "",
                # A second time on the page, so without the ids of the first.
                "answers": ReportForm(asked, auto_id=False),
            }
        except NothingToReport as reason:
            form.add_error(None, str(reason))
    status = 422 if form.is_bound and form.errors else 200
    return _page(request, admin, "build", context, status)


@require_safe
def show(request: HttpRequest, admin: Admin, pk: str) -> HttpResponse:
    if not pk.isdecimal():
        raise Http404
    report = get_object_or_404(AggregateReport, pk=pk)
    if not admin.has_view_permission(request, report):
        raise PermissionDenied
    return _report_page(request, admin, report, HandoverForm())


@require_POST
def hand_over(request: HttpRequest, admin: Admin, pk: int) -> HttpResponseBase:
    """Log the handover, then send the file. There is no other way to get it."""
    report = get_object_or_404(AggregateReport, pk=pk)
    if not may_hand_over(request):
        raise PermissionDenied
    form = HandoverForm(request.POST)
    if not form.is_valid():
        return _report_page(request, admin, report, form, status=422)
    try:
        handover = services.hand_over(report, by=request.user, **form.cleaned_data)
    except services.Refused as reason:
        form.add_error(None, str(reason))
        return _report_page(request, admin, report, form, status=409)
    return _file(report, handover)


def may_hand_over(request: HttpRequest) -> bool:
    return request.user.has_perm("policy.add_reporthandover")


def _file(report: AggregateReport, handover: ReportHandover) -> HttpResponseBase:
    name = f"report-{report.pk}-{report.first_day}-{report.last_day}"
    if handover.format == ReportHandover.Format.CSV:
        return csv_file(name, services.as_rows(report))
    response = JsonResponse(
        services.as_document(report), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["Cache-Control"] = "no-store, private"
    return response


def _report_page(
    request: HttpRequest, admin: Admin, report: AggregateReport, form: HandoverForm, status: int = 200
) -> HttpResponse:
    taken = services.days_taken(report.first_day, report.last_day, report)
    context = {
        "title": report.title,
        "report": report,
        "table": grid(services.published(report)),
        "handovers": report.handovers.select_related("by"),
        "form": form,
        "overlap": services.overlap(taken) if taken else "",
        "may_hand_over": may_hand_over(request),
    }
    return _page(request, admin, "report", context, status)


def _page(
    request: HttpRequest, admin: Admin, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    whole = {**admin.admin_site.each_context(request), "opts": admin.opts, **context}
    return TemplateResponse(request, f"policy/reports/{name}.html", whole, status=status)


def grid(table: Published) -> dict[str, Any]:
    """A published table in words for people; None stays None."""
    names = [str(Dimension(name).label) for name in table.dimensions]
    lines = [(tables.label_of(table.dimensions[0], key), _in_words(line)) for key, line in table.lines()]
    totals = _in_words([*table.column_totals, table.total])
    return {
        "corner": " / ".join(names),
        "columns": [tables.label_of(table.dimensions[1], key) for key in table.columns],
        "rows": lines,
        "totals": totals,
        "has_withheld": any(None in figures for figures in (totals, *(line for _key, line in lines))),
    }


def _in_words(figures: list[int | None]) -> list[str | None]:
    return [None if figure is None else number_format(figure, force_grouping=True) for figure in figures]
