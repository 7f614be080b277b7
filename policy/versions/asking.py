"""Members who have not agreed to the newest material version are asked at their next visit (promise P2)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from policy.versions import services

# The session remembers up to which version its member has agreed, so that a page costs no query.
_KEY = "policy"

View = Callable[..., HttpResponseBase]


def open_before_agreeing(view: View) -> View:
    """Mark a view of a higher app that must be reachable for who does not agree."""
    view.is_open_before_agreeing = True  # type: ignore[attr-defined]
    return view


def remember(request: HttpRequest, number: int) -> None:
    request.session[_KEY] = number


def owes(request: HttpRequest) -> bool:
    """Whether this session's member has still to agree to the newest material version."""
    newest = services.newest_material_number()
    if request.session.get(_KEY, 0) >= newest:
        return False
    accepted = services.accepted_number(request.user)
    if accepted < newest:
        return True
    remember(request, accepted)
    return False


class AskMiddleware:
    """Sends a member's browser to the question before the page that it wanted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not _is_visit(request) or _is_open(request, view) or not owes(request):
            return None
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('policy_accept')}?{query}")


def _is_visit(request: HttpRequest) -> bool:
    """A page that a signed-in person opens: no form that would be lost, no picture, no poll.

    Looks at the cookie first, so that the session of somebody who has none is not even asked for.
    """
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("Accept", "")
        and "HX-Request" not in request.headers
        and settings.SESSION_COOKIE_NAME in request.COOKIES
        and SESSION_KEY in request.session
    )


def _is_open(request: HttpRequest, view: View) -> bool:
    """Pages that need no agreement: the policy's own, those about one's own account, and staff's."""
    match = request.resolver_match
    # The admin is work, not a visit; its staff are asked where they use the site as anybody does.
    is_staff_page = match is not None and "admin" in match.namespaces
    is_marked = getattr(view, "is_open_before_agreeing", False)
    return bool(is_marked or is_staff_page or view.__module__.partition(".")[0] in _OPEN)


# Whoever does not agree must still be able to sign out, end the news, take everything along and close.
_OPEN = {"policy", "accounts", "allauth"}
