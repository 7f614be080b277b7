"""Whoever only reads gets no cookie, whatever page it is."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.base import member, signed_in
from tests.policy.cookies.steps import given

pytestmark = pytest.mark.django_db


def _fixed(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    """Every address that takes no argument."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
        if "<" in path or "(" in path:
            continue
        if isinstance(pattern, URLResolver):
            yield from _fixed(pattern.url_patterns, path)
        else:
            yield path


_ADDRESSES = sorted({path for path in _fixed(get_resolver().url_patterns) if not path.startswith("/admin/")})
_OTHERS = ["/nowhere/", "/r/no-such-token/", "/r/no-such-token/cutout.png", "/guides/pets/", "/admin/"]


def test_the_walk_finds_the_pages() -> None:
    known = {
        "/",
        "/photos/",
        "/cookies/",
        "/privacy/",
        "/guides/",
        "/contact/",
        "/accounts/login/",
        "/robots.txt",
    }
    assert known <= set(_ADDRESSES)


@pytest.mark.parametrize("address", _ADDRESSES + _OTHERS)
def test_p11_reading_sets_no_cookie_but_a_forms(address: str) -> None:
    response = Client().get(address)
    allowed = {settings.CSRF_COOKIE_NAME} if b"csrfmiddlewaretoken" in response.getvalue() else set()
    assert set(given(response)) <= allowed


@pytest.mark.parametrize(
    "address", ["/cookies/", "/privacy/", "/guides/", "/guides/pets/", "/nowhere/", "/robots.txt"]
)
def test_p11_these_have_no_form_and_so_no_cookie_at_all(address: str) -> None:
    assert not Client().get(address).cookies


@pytest.mark.parametrize("address", ["/", "/cookies/", "/photos/", "/privacy/"])
def test_reading_does_not_prolong_a_session(address: str) -> None:
    client = signed_in(member("alice"))
    assert settings.SESSION_COOKIE_NAME not in client.get(address).cookies
