"""What staff see of this part in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from policy.cookies.models import CookieConsent


@admin.register(CookieConsent)
class CookieConsentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To find the answer that belongs to a receipt. Nobody adds, changes or deletes one by hand."""

    list_display = ("id", "given_at", "convenience", "statistics", "how", "version")
    list_filter = ("convenience", "statistics", "how", "version")
    search_fields = ("=id",)
    date_hierarchy = "given_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CookieConsent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CookieConsent | None = None) -> bool:
        return False
