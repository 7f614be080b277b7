"""The register in the admin: written and read, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.disclosures import pages
from accounts.models import Disclosure, DisclosureConsent


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """A log: to read."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnly):
    """The admin's own list, with pages of our own to write and to show a row."""

    list_display = ["made_at", "letter", "account", "recipient", "sealed", "by"]
    list_select_related = ["user", "by"]
    list_filter = ["ground", "made_at"]
    search_fields = ["recipient", "evidence", "=user__username"]
    search_help_text = _("Recipient, proof, or a whole user name")
    change_list_template = "accounts/disclosures/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Disclosure]:
        rows: QuerySet[Disclosure] = super().get_queryset(request).prefetch_related("renewals")
        return rows

    @admin.display(description=_("ground"), ordering="ground")
    def letter(self, row: Disclosure) -> str:
        return f"({row.ground})"

    @admin.display(description=_("account"))
    def account(self, row: Disclosure) -> str:
        if row.user:
            return row.user.username
        return str(_("everybody") if row.is_sale else _("erased"))

    @admin.display(description=_("sealed until"))
    def sealed(self, row: Disclosure) -> Any:
        return row.sealed_to if row.is_sealed else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.add_disclosure")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "accounts_disclosure_%s"
        own = [
            path("ask/", wrap(self._ask), name=name % "ask"),
            path("<int:pk>/confirm/", wrap(self._confirm), name=name % "confirm"),
            path("<int:pk>/seal/", wrap(self._seal), name=name % "seal"),
            path("<int:pk>/file/", wrap(self._file), name=name % "file"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return pages.disclose(request, self)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return pages.show(request, self, object_id)

    def _ask(self, request: HttpRequest) -> HttpResponse:
        return pages.ask(request, self)

    def _confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        return pages.confirm(request, self, pk)

    def _seal(self, request: HttpRequest, pk: int) -> HttpResponse:
        return pages.extend_seal(request, self, pk)

    def _file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return pages.export(request, self, pk)


@admin.register(DisclosureConsent)
class DisclosureConsentAdmin(ReadOnly):
    list_display = ["asked_at", "user", "recipient", "in_words", "state", "answered_at", "withdrawn_at"]
    list_select_related = ["user"]
    list_filter = ["state", "asked_at"]
    search_fields = ["recipient", "=user__username"]
    fields = [
        "user",
        "recipient",
        "in_words",
        "purpose",
        "state",
        "asked_at",
        "asked_by",
        "answered_at",
        "withdrawn_at",
    ]
