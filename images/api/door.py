"""Who asks: the key of a request, and what every answer of the API carries."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables

from bgbegone.lib import ratelimit
from images.api.keys import services
from images.api.keys.models import ApiKey, Scope

# Misses are counted, not hits: whoever guesses is slowed down, and a right key always opens.
_MISSES, SECONDS = 30, 60
_IN_ADDRESS = {"key", "api_key", "apikey", "api-key", "x-api-key", "token", "access_token", "authorization"}

View = Callable[..., HttpResponseBase]

_ALLOWED_HEADERS = (
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Prefer, Range, "
    "X-API-Key"
)
_SHOWN_HEADERS = (
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, Idempotent-Replayed, Link, Location, "
    "Preference-Applied, Retry-After, X-Credits-Charged, X-Foreground-Height, X-Foreground-Left, "
    "X-Foreground-Top, X-Foreground-Width, X-Height, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset, X-Request-ID, X-Type, X-Width"
)


class Denied(Exception):
    """The request may not come in. `code` names the reason, `wait` is in whole seconds or 0."""

    def __init__(self, code: str, status: int, wait: int = 0) -> None:
        super().__init__(code)
        self.code, self.status, self.wait = code, status, wait


@sensitive_variables("secret")
def knock(request: HttpRequest) -> ApiKey:
    """The open key that a request shows. Raises Denied.

    The key is taken out of the request: nothing that runs later, and no report of an error, can show it.
    """
    secret = _take_key(request)
    if any(name.lower() in _IN_ADDRESS or _looks_like_key(str(value)) for name, value in request.GET.items()):
        # Addresses lie in logs and histories. A key that stands in one is no secret any more.
        raise Denied("key_in_address", 400)
    if not secret:
        raise Denied("missing_key", 403)
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        raise Denied("key_in_clear", 403)
    key = services.find_open(secret)
    if key is None:
        if ratelimit.is_over("api-miss", ratelimit.client_of(request), _MISSES, SECONDS):
            raise Denied("too_many_requests", 429, SECONDS)
        raise Denied("wrong_key", 403)
    if ratelimit.is_over("api", str(key.pk), settings.API_REQUESTS_PER_MINUTE, SECONDS):
        raise Denied("too_many_requests", 429, SECONDS)
    key.note_use()
    return key


def _take_key(request: HttpRequest) -> str:
    named: str = request.META.pop("HTTP_X_API_KEY", "")
    scheme, _, bearer = request.META.pop("HTTP_AUTHORIZATION", "").partition(" ")
    request.__dict__.pop("headers", None)  # made of META when somebody looks, and kept then
    return (named or (bearer if scheme.lower() == "bearer" else "")).strip()


def _looks_like_key(value: str) -> bool:
    return value.startswith(("bbg_", "bbgtest_"))


def check_scope(key: ApiKey, scope: Scope) -> None:
    if not key.allows(scope):
        raise Denied("not_allowed", 403)


def for_programs(view: View) -> View:
    """What every address of the API does: no cookie opens it, and pages of others may read its answer."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = _SHOWN_HEADERS
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
            response["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
            response["Access-Control-Max-Age"] = "86400"
        response.headers.setdefault("Cache-Control", "no-store, private")
        response["X-Content-Type-Options"] = "nosniff"
        patch_vary_headers(response, ("Accept",))
        return response

    # A body that the server did not take in is told in the API's own form, and not as a page.
    wrapped.answers_refusals = True  # type: ignore[attr-defined]
    return csrf_exempt(wrapped)
