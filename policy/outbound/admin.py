"""Where our pages send people, for staff to see."""

from django.contrib import admin
from django.http import HttpRequest

from policy.models import OutboundLink


@admin.register(OutboundLink)
class OutboundLinkAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Counted by the notice page; nobody writes these."""

    list_display = ["day", "host", "notices"]
    list_display_links = None
    date_hierarchy = "day"
    search_fields = ["host"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboundLink | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboundLink | None = None) -> bool:
        return False
