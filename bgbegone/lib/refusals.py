"""The pages for requests whose body the server did not take in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

# In a request's environment: why its body is not there.
REFUSED = "bgbegone.refused"

View = Callable[..., HttpResponseBase]

_ANSWERS = {
    "too_large": (413, "413.html"),
    "too_slow": (408, "408.html"),
    "disk_full": (507, "507.html"),
}


class RefusalMiddleware:
    """Answers in place of the view, which would see an empty form; one for programs answers by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        refusal = request.META.get(REFUSED)
        if not refusal or getattr(view, "answers_refusals", False):
            return None
        status, template = _ANSWERS[refusal]
        return render(request, template, status=status)
