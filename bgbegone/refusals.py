"""A page in place of the empty answer that Django gives to a method which an address does not take."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render


class NotAllowedMiddleware:
    """For people only: a form's address that was opened like a page, for example from the history."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_bare = isinstance(response, HttpResponseNotAllowed) and not response.content
        if is_bare and "text/html" in request.headers.get("Accept", ""):
            page = render(request, "405.html", status=405)
            for name, value in response.headers.items():
                page.headers.setdefault(name, value)
            return page
        return response
