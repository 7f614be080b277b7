"""The admin, for staff who have shown a second factor in this session."""

from django.contrib import admin
from django.http import HttpRequest


class StaffSite(admin.AdminSite):
    """Django's admin behind a second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and bool(request.session.get("second_factor"))
