"""“Please show once more that it is you”, without keeping what was sent."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url


class ReauthenticationMiddleware:
    """Takes the place of allauth's own answer, which writes the whole request into the session.

    That would put the sender's address and browser into the database, and passwords with them (promise P8).
    Here only the page is remembered, in the address; what was typed is sent once more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReauthenticationRequired):
            return None
        methods = get_adapter().get_reauthentication_methods(request.user)
        page = methods[0]["url"] if methods else resolve_url("login")
        return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}")
