"""Health, and the answers to requests that no app could serve."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bgbegone import readiness
from bgbegone.lib import ratelimit


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This web process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything that a photo needs is there."""
    parts = readiness.report()
    ready = all(state == "ready" for state in parts.values())
    return JsonResponse(parts, status=200 if ready else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return ratelimit.too_many(request, 60)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {"sentence": _sentence_for(exception)}
    return render(request, "400.html", context, status=400)


def _sentence_for(exception: Exception) -> str:
    """What a person can do about it; empty where the page's own sentence says all there is to say."""
    if isinstance(exception, TooManyFilesSent):
        most = settings.MAX_FILES_PER_UPLOAD
        return ngettext(
            "Please send at most %(most)s photo at once.",
            "Please send at most %(most)s photos at once.",
            most,
        ) % {"most": most}
    if isinstance(exception, TooManyFieldsSent | RequestDataTooBig):
        return gettext("This form had more in it than the service takes at once.")
    return ""
