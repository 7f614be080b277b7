"""Who is not counted: programs, browsers that guess, and people who said no."""

import time

import pytest
from django.http import HttpResponse
from django.test import Client

from policy.analytics import visitors
from policy.cookies import consent, registry
from policy.cookies.models import CookieConsent
from tests.base import BROWSER, reader
from tests.policy.analytics.base import seen

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.policy.analytics.pages")]

_PREFETCHES = [
    {"sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"purpose": "prefetch"},
    {"x-moz": "prefetch"},
    {"x-purpose": "preview"},
]
_CRAWLERS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.5.0",
    "python-requests/2.32",
    "UptimeRobot/2.0",
    "",
]
_PEOPLE = [
    BROWSER,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
]


def _choosing(*, statistics: bool) -> Client:
    client, response = reader(), HttpResponse()
    consent.write(
        response, CookieConsent(version=registry.version(), convenience=False, statistics=statistics)
    )
    client.cookies.update(response.cookies)
    return client


def _counted(client: Client, path: str = "/") -> int:
    client.get(path)
    return len(seen())


@pytest.mark.parametrize("name", _PEOPLE)
def test_people_are_counted(name: str) -> None:
    assert _counted(Client(headers={"user-agent": name})) == 1


@pytest.mark.parametrize("name", _CRAWLERS)
def test_programs_are_not(name: str) -> None:
    assert _counted(Client(headers={"user-agent": name})) == 0


@pytest.mark.parametrize("headers", _PREFETCHES, ids=str)
def test_a_page_that_nobody_opened_yet_is_not(headers: dict[str, str]) -> None:
    assert _counted(reader(**headers)) == 0


def test_asking_for_the_head_alone_is_not() -> None:
    reader().head("/")
    reader().options("/")
    assert seen() == []


@pytest.mark.parametrize("signal", ["sec-gpc", "dnt"])
def test_p08_a_signal_of_the_browser_means_no(signal: str) -> None:
    client = reader(**{signal: "1"})
    assert "view" not in client.get("/timed/").content.decode()
    assert _counted(client, "/timed/") == 0


@pytest.mark.parametrize("signal", ["sec-gpc", "dnt"])
def test_no_signal_is_no_refusal(signal: str) -> None:
    assert _counted(reader(**{signal: "0"})) == 1


def test_p08_who_said_no_leaves_neither_view_nor_time() -> None:
    client = _choosing(statistics=False)
    assert 'name="view"' not in client.get("/timed/").content.decode()
    assert seen() == []


def test_who_said_yes_or_nothing_is_counted() -> None:
    assert _counted(_choosing(statistics=True)) == 1
    assert _counted(reader()) == 2


def test_a_forged_no_is_no_answer() -> None:
    client = reader()
    client.cookies["choice"] = f"{registry.version()}.00.{'0' * 32}:forged"
    assert _counted(client) == 1


def test_the_answer_for_a_name_is_remembered_without_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "_crawlers", {})
    monkeypatch.setattr(visitors, "_REMEMBERED", 10)
    for number in range(25):
        reader(**{"user-agent": f"{BROWSER} {number}"}).get("/")
    assert len(visitors._crawlers) <= 10
    assert all(isinstance(key, int) for key in visitors._crawlers)


def test_a_name_of_a_megabyte_costs_no_more_than_a_short_one() -> None:
    started = time.process_time()
    for number in range(20):
        visitors._is_crawler(f"{number}" + "a" * 1_000_000)
    assert time.process_time() - started < 1
