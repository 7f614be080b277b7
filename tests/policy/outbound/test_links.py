"""Signed targets: which addresses people may be sent to, and how they are spelled."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.template import Context, Template

from policy.outbound import links

_HARMLESS = [
    "https://example.org/",
    "http://example.org:8080/a/b?c=d&e=%20#f",
    "https://sub.example.org/help?id=4370",
]
_REFUSED = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "ftp://example.org/",
    "mailto:a@example.org",
    "//example.org/",
    "/privacy/",
    "example.org",
    "",
    "https://",
    "https:///path",
    "https://user@example.org/",
    "https://user:password@example.org/",
    "https://@example.org/",
    "https://example.org@evil.example/",
    "https://example.org\n.evil.example/",
    "https://example.org/\r\nSet-Cookie: x=y",
    "https://exam\tple.org/",
    " https://example.org/",
    "https://example.org/a b",
    "https://evil.example\\@example.org/",
    "https://example.org:99999/",
    "https://example.org:x/",
    "https://[::1/",
    "https://exa\u200bmple.org/",
    "https://example\u3002org/",
    "https://-a.example/",
    "https://example..org/",
    f"https://{'a' * 64}.example/",
    f"https://example.org/{'a' * 2000}",
    "https://example.org/\x00",
    "https://example.org/\u202etxt",
]


def _signed(url: str) -> str:
    return parse_qs(urlsplit(links.leaving_url(url)).query)["to"][0]


@pytest.mark.parametrize("url", _HARMLESS)
def test_a_plain_address_comes_back_as_it_was(url: str) -> None:
    assert links.target_of(_signed(url)).url == url


@pytest.mark.parametrize("url", _REFUSED)
def test_p12_nobody_is_sent_to_a_bad_address(url: str) -> None:
    with pytest.raises(links.BadTarget):
        links.leaving_url(url)


@pytest.mark.parametrize("url", _REFUSED)
def test_p12_our_own_signature_does_not_make_it_good(url: str) -> None:
    from django.core import signing

    with pytest.raises(links.BadTarget):
        links.target_of(signing.dumps(url, salt=links._SALT))


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1], lambda s: "x" + s, lambda s: s.swapcase(), lambda s: s + "="]
)
def test_p12_a_tampered_target_is_refused(change: object) -> None:
    with pytest.raises(links.BadTarget):
        links.target_of(change(_signed("https://example.org/")))  # type: ignore[operator]


def test_a_value_signed_for_something_else_is_refused() -> None:
    from django.core import signing

    with pytest.raises(links.BadTarget):
        links.target_of(signing.dumps("https://example.org/", salt="another"))


def test_a_link_expires() -> None:
    with time_machine.travel("2026-01-01", tick=False):
        signed = _signed("https://example.org/")
    with time_machine.travel("2026-03-31", tick=False):
        assert links.target_of(signed).host == "example.org"
    with time_machine.travel("2026-04-02", tick=False), pytest.raises(links.BadTarget):
        links.target_of(signed)


@pytest.mark.parametrize(
    ("url", "host", "ascii_host"),
    [
        ("https://EXAMPLE.org/", "example.org", "example.org"),
        ("https://bücher.example/", "bücher.example", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "bücher.example", "xn--bcher-kva.example"),
        ("https://straße.example/", "straße.example", "xn--strae-oqa.example"),
        # A Cyrillic а: to the eye the same name.
        ("https://p\u0430ypal.example/", "p\u0430ypal.example", "xn--pypal-4ve.example"),
    ],
)
def test_a_name_is_shown_in_both_spellings(url: str, host: str, ascii_host: str) -> None:
    target = links.checked(url)
    assert (target.host, target.ascii_host) == (host, ascii_host)
    assert urlsplit(target.url).netloc == ascii_host, "what is shown is where it leads"
    assert target.is_spelled_differently == (host != ascii_host)


def test_a_spelling_that_hides_something_is_shown_as_it_is() -> None:
    hidden = "xn--" + "exam\u202eple".encode("punycode").decode()
    target = links.checked(f"https://{hidden}.example/")
    assert target.host == target.ascii_host == f"{hidden}.example"


def test_the_tag_gives_the_address_of_the_notice() -> None:
    page = Template('{% load outbound %}<a href="{% outbound "https://example.org/?a=b" %}">x</a>').render(
        Context()
    )
    assert re.fullmatch(r'<a href="/leaving/\?to=[\w%.-]+">x</a>', page)


def test_a_bad_address_in_a_template_is_a_mistake_of_ours() -> None:
    with pytest.raises(links.BadTarget):
        Template('{% load outbound %}{% outbound "javascript:x" %}').render(Context())


def test_in_markdown_a_bad_address_leads_to_the_page_that_refuses() -> None:
    assert links.leave("https://user@example.org/") == "/leaving/"
    assert links.leave("https://example.org/").startswith("/leaving/?to=")
