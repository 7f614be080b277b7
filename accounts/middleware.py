"""“Please show once more that it is you”, without losing or storing what was sent."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from accounts import reauthentication, sessions


class LastUseMiddleware:
    """Notes that a session was used, for its owner's list."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # An answer that did not need the session does not load it for this.
        if request.session.accessed:
            sessions.note_use(request.session)
        return response


class ReauthenticationMiddleware:
    """Takes the place of allauth's own answer, which writes the whole request into the session.

    That would put the sender's address and browser into the database, and passwords with them (promise P8).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _was_answered(request, response):
            sessions.renew(request.session)
            return reauthentication.send_kept(request) or response
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReauthenticationRequired):
            return None
        methods = get_adapter().get_reauthentication_methods(request.user)
        page = methods[0]["url"] if methods else resolve_url("login")
        return reauthentication.lead_to(page, request)


def _was_answered(request: HttpRequest, response: HttpResponseBase) -> bool:
    match = request.resolver_match
    is_asking = bool(match and match.url_name in reauthentication.PAGES)
    is_led_on = request.method == "POST" and response.status_code == 302
    return is_asking and is_led_on and reauthentication.was_just_shown(request)
