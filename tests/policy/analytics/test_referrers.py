"""The host that led somebody here."""

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from policy.analytics.referrers import host_of


def _host(referer: str) -> str:
    return host_of(RequestFactory(headers={"referer": referer}).get("/", headers={"host": "localhost:8000"}))


HOSTS = [
    ("https://example.org/path?secret=1#x", "example.org"),
    ("https://Shop.Example.ORG/", "shop.example.org"),
    ("https://example.org:8443/", "example.org"),
    ("https://alice:password@example.org/", "example.org"),
    ("https://example.org./", "example.org"),
    ("http://münchen.example.de/", "xn--mnchen-3ya.example.de"),
    ("https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
    ("https://例え.テスト/", "xn--r8jz45g.xn--zckzah"),
]
NOTHING = [
    "",
    "http://localhost:8000/photos/",
    "https://203.0.113.9/",
    "https://[2001:db8::1]/",
    "http://alices-laptop/",
    "android-app://com.example.mail",
    "javascript:alert(1)",
    "https://",
    "https://[broken/",
    "https://a..b/",
    "https://exam ple.org/",
    "https://example.org\x00/",
    f"https://{'a' * 60}.{'b' * 60}.org/",
    f"https://{'a' * 64}.org/",
    "//example.org/",
]


@pytest.mark.parametrize(("referer", "host"), HOSTS)
def test_the_host_is_kept_and_nothing_else(referer: str, host: str) -> None:
    assert _host(referer) == host


@pytest.mark.parametrize("referer", NOTHING)
def test_p08_what_is_no_other_site_or_might_be_a_person_is_not_kept(referer: str) -> None:
    assert _host(referer) == ""


@given(st.text(max_size=300))
def test_nothing_makes_it_fail_or_grow(words: str) -> None:
    for referer in (words, f"https://{words}/"):
        host = _host(referer)
        assert len(host) <= 100
        assert host.isascii()
        assert "@" not in host
