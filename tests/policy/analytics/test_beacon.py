"""POST /beacon/: how long a page was looked at."""

import re
import time
import uuid
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from policy.analytics import tokens
from policy.analytics import views as beacon_views
from policy.analytics.buffer import page_views
from policy.models import PageView
from tests.base import reader
from tests.policy.analytics.base import one, seen, stored

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.policy.analytics.pages")]


def _opened(client: Client, path: str = "/timed/") -> str:
    """Open a page; return the name of the view that it carries."""
    match = re.search(r'<meta name="view" content="([^"]+)">', client.get(path).content.decode())
    assert match
    return match[1]


def _tell(
    client: Client, token: str, ms: object, headers: dict[str, str] | None = None, after: float = 3600
) -> Any:
    """What the page's script sends, so many seconds after the page was opened."""
    with time_machine.travel(time.time() + after, tick=False):
        body = f"token={token.replace(':', '%3A')}&ms={ms}"
        kind = "application/x-www-form-urlencoded;charset=UTF-8"
        return client.post("/beacon/", body, content_type=kind, headers=headers)


def _active_ms() -> int | None:
    return one().active_ms


class TestTime:
    def test_p08_the_time_is_added_to_the_view(self) -> None:
        client = reader()
        response = _tell(client, _opened(client), 2500)
        assert (response.status_code, response.content) == (204, b"")
        assert _active_ms() == 2500

    def test_a_longer_time_takes_the_place_of_a_shorter_one(self) -> None:
        client = reader()
        token = _opened(client)
        for ms in (1000, 4000, 2000):
            _tell(client, token, ms)
            seen()
        assert _active_ms() == 4000

    def test_a_replay_changes_nothing(self) -> None:
        client = reader()
        token = _opened(client)
        for _ in range(50):
            _tell(Client(), token, 3000)
        assert _active_ms() == 3000
        assert PageView.objects.count() == 1

    def test_plain_text_is_read_as_well(self) -> None:
        client = reader()
        token = _opened(client)
        with time_machine.travel(time.time() + 60):
            client.post("/beacon/", f"token={token}&ms=700", content_type="text/plain;charset=UTF-8")
        assert _active_ms() == 700

    def test_not_more_than_has_passed_since_the_page_was_made(self) -> None:
        client = reader()
        _tell(client, _opened(client), 10**9, after=20)
        assert 19_000 <= (_active_ms() or 0) <= 21_000

    def test_two_views_of_one_person_stay_apart(self) -> None:
        client = reader()
        first, second = _opened(client), _opened(client)
        _tell(client, first, 100)
        _tell(client, second, 200)
        assert sorted(view.active_ms or 0 for view in seen()) == [100, 200]


class TestBadInput:
    @pytest.mark.parametrize(
        "ms",
        [
            "-1",
            "0",
            "",
            "1e3",
            "1.5",
            "NaN",
            "Infinity",
            "٣",
            "9" * 200,
            "1 ",
            "0x10",
            "true",
            "None",
            "1&ms=x",
        ],
    )
    def test_a_time_that_is_none_changes_nothing(self, ms: str) -> None:
        client = reader()
        assert _tell(client, _opened(client), ms).status_code == 204
        assert _active_ms() is None

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"&",
            b"=",
            b"token",
            b"token=&ms=",
            b"\xff\xfe",
            b"{}",
            b"%",
            b"a=1&" * 60,
            b"x" * 5000,
            b"token=:&ms=1",
        ],
    )
    def test_any_other_body_gets_the_same_answer(self, body: bytes) -> None:
        response = reader().post("/beacon/", body, content_type="text/plain")
        assert (response.status_code, response.content) == (204, b"")
        assert seen() == []

    def test_a_view_that_does_not_exist_is_not_made(self) -> None:
        _tell(reader(), tokens.issue(uuid.uuid4()), 1000)
        for _ in range(10):
            assert seen() == []
        assert len(page_views) == 0

    def test_a_forged_name_changes_nothing(self) -> None:
        row = stored()
        for token in (row.pk.hex, f"{row.pk.hex}:{int(time.time())}:forged", f"{row.pk}"):
            _tell(reader(), token, 1000)
        assert _active_ms() is None

    def test_a_long_body_is_not_even_read(self) -> None:
        with mock.patch.object(beacon_views.tokens, "read") as read:
            reader().post("/beacon/", b"token=x&ms=1&" + b"x" * 1000, content_type="text/plain")
        assert not read.called

    @pytest.mark.parametrize("length", ["-5", "many", "", "1e3", "²"])
    def test_a_length_that_is_none_is_no_body(self, length: str) -> None:
        response = reader().generic("POST", "/beacon/", b"token=x&ms=1", CONTENT_LENGTH=length)
        assert response.status_code == 204

    def test_only_post(self) -> None:
        assert reader().get("/beacon/").status_code == 405


class TestSender:
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "none"},
            {"origin": "https://evil.example.org"},
            {"sec-fetch-site": "cross-site", "origin": "null"},
        ],
        ids=str,
    )
    def test_another_sites_page_tells_nothing(self, headers: dict[str, str]) -> None:
        client = reader()
        assert _tell(client, _opened(client), 1000, headers).status_code == 204
        assert _active_ms() is None

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "same-origin", "origin": "null"},
            {"origin": "http://testserver"},
            {"origin": "null"},
            {},
        ],
        ids=str,
    )
    def test_our_own_pages_do(self, headers: dict[str, str]) -> None:
        client = reader()
        _tell(client, _opened(client), 1000, headers)
        assert _active_ms() == 1000

    def test_it_needs_no_csrf_token_and_sets_no_cookie(self) -> None:
        client = Client(enforce_csrf_checks=True)
        response = _tell(client, tokens.issue(uuid.uuid4()), 1)
        assert response.status_code == 204
        assert not response.cookies

    @pytest.mark.parametrize("signal", ["sec-gpc", "dnt"])
    def test_p08_a_no_that_came_after_the_page_counts(self, signal: str) -> None:
        client = reader()
        _tell(client, _opened(client), 1000, {signal: "1"})
        assert _active_ms() is None


class TestFlood:
    def test_one_client_is_held_to_a_number_a_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(beacon_views, "_MOST_PER_MINUTE", 5)
        tokens_made = [tokens.issue(stored().pk) for _ in range(8)]
        answers = {_tell(Client(), token, 1000).status_code for token in tokens_made}
        assert answers == {204}
        assert sum(view.active_ms is not None for view in seen()) == 5

    def test_what_is_over_is_not_even_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(beacon_views, "_MOST_PER_MINUTE", 0)
        with mock.patch.object(beacon_views.tokens, "read") as read:
            _tell(Client(), tokens.issue(uuid.uuid4()), 1000)
        assert not read.called

    @pytest.mark.usefixtures("cache_in_memory")
    def test_a_flood_costs_no_query_and_no_memory(self, django_assert_num_queries: Any) -> None:
        client = Client()
        with django_assert_num_queries(0):
            for number in range(1000):
                client.post("/beacon/", f"token={number}&ms=1", content_type="text/plain")
        assert len(page_views) == 0
        assert len(cache._cache) < 50

    def test_it_costs_no_query(self, django_assert_num_queries: Any) -> None:
        client = reader()
        token = _opened(client)
        with django_assert_num_queries(0):
            _tell(client, token, 500)
