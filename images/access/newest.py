"""The admin's list for a table that grows without end: newest first, by cursors, and counted only so far."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from bgbegone.lib.cursors import Order, count_up_to

_AT = "at"
# So far a photo and its cut-out are counted together in some milliseconds; what lies beyond is “more than”.
COUNTED = 1_000


class NewestFirst(ChangeList):
    """Django's own would count all rows, twice, and walk over those of all pages before."""

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name != _AT}

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return []

    def get_results(self, request: HttpRequest) -> None:
        at = self.params.pop(_AT, "")
        self.filter_params.pop(
            _AT, None
        )  # no link of a filter or search leads into the middle of another list
        # Within one state, in the order of an index that begins with the state.
        is_of_status = any(name.startswith("cutout__status") for name in self.get_filters_params())
        moment = "cutout__queued_at" if is_of_status else "created_at"
        order = Order(moment, f"staff:{request.user.pk}")
        self.slice = order.slice(self.queryset, at, self.list_per_page)
        self.result_list = self.slice.rows
        self.result_count = count_up_to(self.queryset, COUNTED)
        self.full_result_count = None
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all = self.multi_page = False

    @property
    def most_counted(self) -> int:
        return COUNTED

    @property
    def newest(self) -> str:
        return self.get_query_string()

    @property
    def newer(self) -> str:
        return self._address_of(self.slice.newer)

    @property
    def older(self) -> str:
        return self._address_of(self.slice.older)

    def _address_of(self, cursor: str) -> str:
        return self.get_query_string({_AT: cursor}) if cursor else ""
