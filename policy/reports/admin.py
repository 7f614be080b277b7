"""Reports in the admin: built, looked at, handed over; never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from policy.models import AggregateReport, Partner
from policy.reports import views


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "host", "created_at"]
    search_fields = ["name", "host"]


@admin.register(AggregateReport)
class AggregateReportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The admin's own list, with pages of our own to build and to show a report."""

    list_display = ["title", "first_day", "last_day", "minimum", "smallest", "created_by", "created_at"]
    list_select_related = ["created_by"]
    search_fields = ["title", "digest"]
    actions = None

    def get_urls(self) -> list[URLPattern]:
        hand_over = self.admin_site.admin_view(self._hand_over)
        own = path("<int:pk>/hand-over/", hand_over, name="policy_aggregatereport_hand_over")
        return [own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.build(request, self)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return views.show(request, self, object_id)

    def _hand_over(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return views.hand_over(request, self, pk)

    def has_delete_permission(self, request: HttpRequest, obj: AggregateReport | None = None) -> bool:
        has_left = obj is not None and obj.handovers.exists()
        return not has_left and super().has_delete_permission(request, obj)
