"""Cookies as the list says they are: whose, for how long, and out of reach of scripts."""

from http.cookies import Morsel

from django.conf import settings
from django.http.response import HttpResponseBase

from policy.cookies.registry import Cookie


def give(response: HttpResponseBase, cookie: Cookie, value: str, *, path: str = "/") -> None:
    """Set a registered cookie, with the life that the list names. Only addresses below `path` get it back."""
    response.set_cookie(
        cookie.name,
        value,
        max_age=cookie.longest,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=cookie.is_http_only,
        samesite="Lax",
        path=path,
    )


def is_deletion(morsel: "Morsel[str]") -> bool:
    return bool(morsel["max-age"] == 0)


def deviation(cookie: Cookie, morsel: "Morsel[str]") -> str:
    """What an outgoing cookie does that the list does not say; empty when it keeps to it."""
    seconds = cookie.longest.total_seconds() if cookie.longest else 0
    if int(morsel["max-age"] or 0) > seconds or (morsel["expires"] and not morsel["max-age"]):
        return "lives longer than listed"
    if cookie.is_http_only and not morsel["httponly"]:
        return "can be read by scripts"
    if morsel["domain"]:
        return "goes to other hosts"
    return ""
