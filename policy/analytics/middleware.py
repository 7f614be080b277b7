"""Hands each answered request to the buffer: which page, how it went, and nothing about who asked."""

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control

from bgbegone.lib.logs import UNWATCHED, route_of
from bgbegone.lib.waiting import is_put_aside
from policy.analytics import floods, visitors
from policy.analytics.buffer import page_views
from policy.analytics.countries import country_of
from policy.analytics.models import PageView
from policy.analytics.referrers import host_of

logger = logging.getLogger(__name__)

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_LONGEST_MS = 2**31 - 1


class PageViewMiddleware:
    """Stands inside WhiteNoise, so that no static file reaches it, and outside of all that takes time.

    `request.view_id` is the random name that the view's row will have, or None when the view is not counted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        view_id = uuid.uuid4() if visitors.is_counted(request) else None
        request.view_id = view_id  # type: ignore[attr-defined]
        response = self.get_response(request)
        if hasattr(request, "view_token"):
            # Two readers of one stored copy would be one view.
            patch_cache_control(response, private=True)
        if view_id and _is_view(request, response):
            _record(view_id, request, response.status_code, time.monotonic() - started)
        return response


def _is_view(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether what came of the request counts. The answer may have been a “no” to being counted."""
    is_part_of_a_page = request.headers.get("Sec-Fetch-Dest") == "image" and response.status_code < 400
    if is_part_of_a_page or route_of(request) in UNWATCHED or is_put_aside(request, response):
        return False
    return not visitors.is_refused(request) and not floods.is_flood(request)


def _record(view_id: uuid.UUID, request: HttpRequest, status: int, seconds: float) -> None:
    try:
        page_views.add(_view(view_id, request, status, seconds))
    except Exception:  # counting must not cost anybody the page
        logger.exception("page view not counted")


def _view(view_id: uuid.UUID, request: HttpRequest, status: int, seconds: float) -> PageView:
    return PageView(
        id=view_id,
        hour=timezone.now().replace(minute=0, second=0, microsecond=0),
        route=_route(request),
        method=request.method if request.method in _METHODS else "OTHER",
        status=status,
        duration_ms=min(round(seconds * 1000), _LONGEST_MS),
        referrer_host=host_of(request),
        country=country_of(request),
    )


def _route(request: HttpRequest) -> str:
    """The route's name, with the public slug that a view may have set: `guide/pets`."""
    slug = getattr(request, "page_slug", "")
    route = route_of(request)
    return (f"{route}/{slug}" if slug else route)[:80]
