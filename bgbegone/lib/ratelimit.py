"""Counting in the cache, to slow down whoever guesses or floods. Nothing is written to a database."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def client_of(request: HttpRequest) -> str:
    """A short-lived name for the sender: a keyed hash, so that no address lies in the cache."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        # The last entry is the one that our own proxy wrote; those before it are the client's word.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return hashlib.blake2b(
        address.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=12
    ).hexdigest()


def is_over(scope: str, client: str, limit: int, seconds: int, events: int = 1) -> bool:
    """Count some more events and say whether there were more than `limit` in this window of `seconds`.

    With the cache in memory each web process counts for itself.
    """
    key = f"ratelimit:{scope}:{client}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key, events) > limit
    except ValueError:
        return False  # expired between the two calls: a new window has begun


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The answer to who is over: a page that says to wait."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(seconds)
    return response
