"""Keeps somebody who is leaving at the door: they can come back, take their data along, or sign out."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts import reauthentication
from accounts.leaving.models import AccountClosing
from accounts.models import User

# The session knows, so that no page of anybody else costs a query. Closing an account ends all its sessions,
# so every session that it has was begun afterwards.
_KEY = "closing"

View = Callable[..., HttpResponseBase]


def open_while_leaving(view: View) -> View:
    """Mark a view that somebody who is leaving may still use."""
    view.is_open_while_leaving = True  # type: ignore[attr-defined]
    return view


@receiver(user_logged_in)
def _note(request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    if request is not None and AccountClosing.objects.filter(user=user).exists():
        request.session[_KEY] = True


def let_in(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


class HoldingMiddleware:
    """Leads to the page where the account can be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        # The cookie first: the session of somebody who has none is not asked for.
        is_leaving = settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.get(_KEY)
        if not is_leaving or _is_open(request, view):
            return None
        return redirect("account_closing")


# Reading the policy, writing to us, showing again that it is you, and signing out.
_OPEN = {"login", "logout", "account_login", "account_logout"} | reauthentication.PAGES


def _is_open(request: HttpRequest, view: View) -> bool:
    match = request.resolver_match
    is_marked = getattr(view, "is_open_while_leaving", False)
    return bool(is_marked or view.__module__.startswith("policy.") or (match and match.view_name in _OPEN))
