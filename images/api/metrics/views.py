"""/metrics, behind a token of its own."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bgbegone.lib import ratelimit
from images.api.metrics.collector import ServiceCollector

_MISSES, _SECONDS = 30, 60


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with `authorization: credentials`. Without a token in the settings it is not there."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, shown = request.META.pop("HTTP_AUTHORIZATION", "").partition(" ")
    is_right = hmac.compare_digest(shown.strip().encode(), settings.METRICS_TOKEN.encode())
    if scheme.lower() != "bearer" or not is_right:
        return _refused(request)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ServiceCollector())
    ProcessCollector(namespace="bgbegone_web", registry=registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _refused(request: HttpRequest) -> HttpResponse:
    if ratelimit.is_over("metrics-miss", ratelimit.client_of(request), _MISSES, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    response = HttpResponse(status=401)
    response["WWW-Authenticate"] = 'Bearer realm="metrics"'
    return response
