"""Views that have no answer yet: who wakes them, when, and at which cost."""

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from bgbegone.lib import waiting
from bgbegone.lib.waiting import CAN_WAIT, NotYet, Topic, WaitingMiddleware, note_of, was_asked
from tests.stack import wait_for


class Board:
    """What stands where, and how often somebody has looked."""

    def __init__(self) -> None:
        self.states = {"a": "old", "b": "old"}
        self.looks = 0
        self.asked: set[str] = set()
        self.error: Exception | None = None

    def look(self, keys: Collection[str]) -> Mapping[str, str]:
        self.looks += 1
        self.asked = set(keys)
        if self.error:
            raise self.error
        return {key: state for key, state in self.states.items() if key in keys}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.01)


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def topic(board: Board) -> Topic:
    return Topic("test", board.look)


def test_news_wake_whoever_waits_for_them(board: Board, topic: Topic) -> None:
    first, second = threading.Event(), threading.Event()
    topic.watch("a", "old", first.set)
    other = topic.watch("b", "old", second.set)
    board.states["a"] = "new"
    assert first.wait(5)
    assert not second.is_set()
    topic.leave(other)


def test_what_has_changed_before_anybody_waited_is_news(topic: Topic) -> None:
    told = threading.Event()
    topic.watch("a", "older", told.set)
    assert told.wait(5)


def test_what_is_gone_is_news(board: Board, topic: Topic) -> None:
    told = threading.Event()
    topic.watch("a", "old", told.set)
    del board.states["a"]
    assert told.wait(5)


def test_one_look_serves_everybody(board: Board, topic: Topic) -> None:
    watches = [topic.watch(key, "old", lambda: None) for key in ("a", "b") * 8]
    wait_for(lambda: board.asked == {"a", "b"}, "nobody looked for both")
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("watch-test") == 1
    for watch in watches:
        topic.leave(watch)


def test_nobody_looks_while_nobody_waits(board: Board, topic: Topic) -> None:
    topic.leave(topic.watch("a", "old", lambda: None))
    wait_for(lambda: "watch-test" not in [thread.name for thread in threading.enumerate()], "it goes on")
    told = threading.Event()
    topic.watch("a", "older", told.set)
    assert told.wait(5), "it has not begun again"


def test_a_database_that_is_away_ends_nothing(
    board: Board, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.error = OperationalError()
    told = threading.Event()
    topic.watch("a", "old", told.set)
    wait_for(lambda: board.looks > 0, "nobody looked")
    board.error, board.states["a"] = None, "new"
    assert told.wait(5)


def _view(topic: Topic, seconds: float) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        if was_asked(request):
            return HttpResponse(f"asked again, noted {note_of(request)}")
        return NotYet(topic, "a", seen="old", seconds=seconds, note="this")

    return view


def _answer(view: Callable[[HttpRequest], HttpResponse], **environ: Any) -> HttpResponse:
    response = WaitingMiddleware(view)(RequestFactory().get("/", **environ))
    assert isinstance(response, HttpResponse)
    return response


def test_without_a_server_that_can_wait_the_thread_does(board: Board, topic: Topic) -> None:
    threading.Timer(0.1, lambda: board.states.update(a="new")).start()
    assert _answer(_view(topic, 30)).content == b"asked again, noted this"


def test_the_time_ends(topic: Topic) -> None:
    assert _answer(_view(topic, 0.05)).content == b"asked again, noted this"


def test_a_server_that_can_wait_gets_to_know_what_for(topic: Topic) -> None:
    response = _answer(_view(topic, 30), **{CAN_WAIT: True})
    assert isinstance(response, NotYet)
    assert (response.topic, response.key, response.seen, response.seconds) == (topic, "a", "old", 30)
    assert response.status_code == 204
