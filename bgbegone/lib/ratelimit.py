"""Counting in the cache, to slow down whoever guesses or floods. Nothing is written to a database."""

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def address_of(request: HttpRequest) -> str:
    """The sender's network address, to be looked at and thrown away: it is stored nowhere."""
    address: str = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        # The last entry is the one that our own proxy wrote; those before it are the client's word.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address


def client_of(request: HttpRequest) -> str:
    """A short-lived name for the sender: a keyed hash, so that no address lies in the cache."""
    return keyed(_network_of(address_of(request)))


def keyed(text: str) -> str:
    """A name for something personal which says nothing to whoever reads the cache."""
    key = settings.SECRET_KEY.encode()[:64]
    return hashlib.blake2b(text.encode(), key=key, digest_size=12).hexdigest()


def _network_of(address: str) -> str:
    """Whoever has one IPv6 address has 2⁶⁴ of them: they count as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


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


def give_back(scope: str, client: str) -> None:
    """Take one event back that turned out to be none."""
    try:
        cache.decr(f"ratelimit:{scope}:{client}")
    except ValueError:
        pass  # expired meanwhile


def forget(scope: str, client: str) -> None:
    cache.delete(f"ratelimit:{scope}:{client}")


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The answer to who is over: a page that says to wait."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(seconds)
    return response
