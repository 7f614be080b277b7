"""Whether a request was sent by a page of ours."""

import pytest
from django.test import RequestFactory, override_settings

from bgbegone.lib import origin


def _is_own(**headers: str) -> bool:
    return origin.is_own(RequestFactory(headers=headers).post("/"))


@pytest.mark.parametrize(
    ("site", "expected"),
    [("same-origin", True), ("same-site", False), ("cross-site", False), ("none", False)],
)
def test_the_browser_says_so(site: str, expected: bool) -> None:
    assert _is_own(**{"Sec-Fetch-Site": site}) is expected


def test_its_word_counts_more_than_the_origin_which_a_page_can_hide() -> None:
    assert _is_own(**{"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert not _is_own(**{"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("http://testserver", True),
        ("https://testserver", False),
        ("http://testserver:81", False),
        ("http://testserver.example.org", False),
        ("https://example.org", False),
        ("null", False),
    ],
)
def test_over_plain_http_the_origin_says_so(header: str, expected: bool) -> None:
    assert _is_own(Origin=header) is expected


@override_settings(CSRF_TRUSTED_ORIGINS=["https://cutouts.example"])
def test_behind_a_proxy_the_sites_own_address_counts() -> None:
    assert _is_own(Origin="https://cutouts.example")


def test_what_is_no_browser_carries_nobodys_cookies() -> None:
    assert _is_own()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Origin": "null"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://example.org"}, False),
        ({}, False),
    ],
)
def test_a_page_that_tells_nobody_its_address_has_no_name(headers: dict[str, str], expected: bool) -> None:
    assert origin.is_nameless(RequestFactory().post("/", headers=headers)) is expected


@pytest.mark.parametrize(
    ("referrer", "path"),
    [
        ("http://testserver/accounts/?a=b", "/accounts/"),
        ("http://example.org/accounts/", ""),
        ("http://testserver//example.org/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_the_page_before_is_one_of_ours(referrer: str, path: str) -> None:
    assert origin.page_before(RequestFactory().get("/", headers={"Referer": referrer})) == path
