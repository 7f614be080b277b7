"""The staff dashboard and its tables as files. The addresses add the admin's own protection."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bgbegone.lib.sheets import csv_file
from policy import alarms
from policy.analytics import days, names
from policy.dashboard import panels, sums, tiles
from policy.dashboard.data import Data
from policy.dashboard.panels import Panel
from policy.dashboard.periods import PeriodForm


@never_cache
@require_safe
def dashboard(request: HttpRequest) -> HttpResponseBase:
    # The first look has nothing in its address.
    form = PeriodForm({"range": "30", **request.GET.dict()})
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Dashboard"),
        "is_dashboard": True,
        "form": form,
        "choices": _choices(),
        "troubles": alarms.now(),
        "query": request.GET.urlencode(),
    }
    if not form.is_valid():
        return _page(request, context, status=422)
    return _page(request, context | _figures(form))


def _choices() -> list[tuple[str, str]]:
    """Key and name of every page that was viewed, by name."""
    pages = {page.key: str(page.words) for page in map(names.page_of, names.routes_of(""))}
    return sorted(pages.items(), key=lambda page: page[1])


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return TemplateResponse(request, "policy/dashboard/dashboard.html", context, status=status)


def _figures(form: PeriodForm) -> dict[str, Any]:
    period, route = form.period, form.cleaned_data["route"]
    data = Data.load(period, route, period.step())
    pages, meters = panels.pages(data)
    retention = None if route else panels.retention(data)
    return {
        "period": period,
        "before": period.before(),
        "is_today": period.last == days.today(),
        "is_empty": not data.has_any(period),
        "tiles": tiles.of(data),
        "panels": panels.over_time(data),
        "pages": pages,
        "page_lines": list(zip(pages.lines, meters, strict=True)),
        "is_one_page": bool(route),
        "sources": panels.sources(data),
        "most_sources": f":{panels.MOST_SOURCES}",
        "detail_days": sums.DETAIL_DAYS,
        "runs_days": sums.RUNS_DAYS,
        "retention": retention,
        "runs": panels.retention_summed_up(retention) if retention else None,
    }


@never_cache
@require_safe
def table(request: HttpRequest, key: str) -> HttpResponseBase:
    """One table as CSV, day by day whatever the picture shows."""
    form = PeriodForm({"range": "30", **request.GET.dict()})
    if not form.is_valid():
        return _refusal(form)
    period, route = form.period, form.cleaned_data["route"]
    panel = _panel(key, Data.load(period, route, step=1))
    name = f"{panel.key}-{period.first}-{period.last}"
    return csv_file(name, [panel.columns, *panel.rows])


def _panel(key: str, data: Data) -> Panel:
    if key == "pages":
        return panels.pages(data)[0]
    if key == "retention":
        return panels.retention(data)
    for panel in [*panels.sources(data), *panels.over_time(data)]:
        if panel.key == key:
            return panel
    raise Http404


def _refusal(form: PeriodForm) -> HttpResponse:
    sentences = [str(error) for errors in form.errors.values() for error in errors]
    return HttpResponse("\n".join(sentences), content_type="text/plain; charset=utf-8", status=422)
