"""The admin, for staff who have shown a second factor in this session (promise P4)."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import reauthentication, second_factor, views
from accounts.models import User


class StaffSite(admin.AdminSite):
    """Django's admin behind a second factor. It has no sign-in form of its own."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor.was_shown(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to whatever is missing: signing in, setting up a second factor, or showing it."""
        return never_cache(_lead_on)(request, _wanted(request))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return views.logout(request)


def _wanted(request: HttpRequest) -> str:
    """The admin page that was asked for, never one of another site."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if is_ours else reverse("admin:index")


def _lead_on(request: HttpRequest, wanted: str) -> HttpResponse:
    user = request.user
    if not user.is_authenticated:
        return redirect(f"{resolve_url('login')}?{urlencode({'next': wanted})}")
    if not (user.is_staff and user.is_active):
        raise PermissionDenied
    if second_factor.was_shown(request):
        return redirect(wanted)
    if not second_factor.is_set_up(user):
        messages.warning(request, _("The admin needs a second factor. Set one up, then open it again."))
        return redirect("mfa_index")
    page = _page_to_show_it(request)
    return redirect(f"{page}?{urlencode({'next': wanted})}")


def ask_again(request: HttpRequest, back: str) -> HttpResponse | None:
    """The way to the page that asks for the second factor once more, and from there to `back`; None for
    who has shown it a moment ago. What leaves the house must not leave by a browser left open."""
    if reauthentication.was_just_shown(request):
        return None
    return reauthentication.lead_to(_page_to_show_it(request), request, back)


def _page_to_show_it(request: HttpRequest) -> str:
    methods = get_adapter().get_reauthentication_methods(request.user)
    pages = {method["id"]: method["url"] for method in methods}
    # Whoever has only passkeys has recovery codes too; the passkey is what they use every day.
    if isinstance(request.user, User) and second_factor.has_app(request.user):
        return str(pages["mfa_reauthenticate"])
    return str(pages.get("mfa_reauthenticate:webauthn") or pages["mfa_reauthenticate"])
