"""The beacon: how long a page was looked at."""

from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bgbegone.lib import origin, ratelimit
from policy.analytics import tokens, visitors
from policy.analytics.buffer import page_views

_LONGEST_BODY = 300
# Many people may share one address; a page says its time when it is left, once or twice.
_MOST_PER_MINUTE = 600


# Without a CSRF token: the browser sends it while the page goes away, no cookie gives it any right, and all
# that it can do is to set one number, once, which the signed name of the view allows.
@csrf_exempt
@require_POST
def beacon(request: HttpRequest) -> HttpResponse:
    """Take the time of a view. Whatever came, the answer is the same: nobody learns what was wrong."""
    if _is_small(request) and _is_from_our_page(request) and not _is_too_often(request):
        _take(request)
    return HttpResponse(status=204)


def _is_small(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and 0 < int(length) <= _LONGEST_BODY


def _is_from_our_page(request: HttpRequest) -> bool:
    return origin.is_nameless(request) or origin.is_own(request)


def _is_too_often(request: HttpRequest) -> bool:
    return ratelimit.is_over("beacon", ratelimit.client_of(request), _MOST_PER_MINUTE, 60)


def _take(request: HttpRequest) -> None:
    if visitors.is_refused(request):
        return  # said since the page was opened
    fields = dict(parse_qsl(request.body.decode("latin-1")))
    ms = fields.get("ms", "")
    if not (ms.isascii() and ms.isdigit() and len(ms) < 12):
        return
    told = tokens.read(fields.get("token", ""), int(ms))
    if told and told[1]:
        page_views.spend(*told)
