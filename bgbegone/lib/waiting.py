"""Views that have no answer yet, and hold no thread until they have one.

A view returns `NotYet`: ask me again when the database says something new. The server puts the request aside
and calls the view once more, from the first middleware on, when that is so or when the time is over. Of each
topic one thread in a process looks at the database, for all requests that wait there, and none looks while
nobody waits.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, close_old_connections, connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

logger = logging.getLogger(__name__)

# In a request's environment: the server can put it aside; what the view said when it had no answer.
CAN_WAIT, ASKED = "bgbegone.can_wait", "bgbegone.asked"
LOOK_SECONDS = 0.1

Look = Callable[[Collection[Any]], Mapping[Any, str]]


@dataclass(eq=False, slots=True)
class _Watch:
    key: Hashable
    seen: str
    wake: Callable[[], None]


class Topic:
    """What requests wait for. `look` says how each key stands now, and leaves out those that are gone."""

    def __init__(self, name: str, look: Look) -> None:
        self.name = name
        self.look = look
        self._lock = threading.Lock()
        self._watches: set[_Watch] = set()
        self._thread: threading.Thread | None = None

    def watch(self, key: Hashable, seen: str, wake: Callable[[], None]) -> _Watch:
        """Call `wake` from another thread, once, when the key does not stand at `seen` any more."""
        watch = _Watch(key, seen, wake)
        with self._lock:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"watch-{self.name}", daemon=True)
                self._thread.start()
        return watch

    def leave(self, watch: _Watch) -> None:
        with self._lock:
            self._watches.discard(watch)

    def _run(self) -> None:
        try:
            while watches := self._waiting():
                self._wake(watches)
                time.sleep(LOOK_SECONDS)
        finally:
            connections.close_all()

    def _waiting(self) -> list[_Watch]:
        """Whoever waits; with nobody left the thread is over, and says so under the lock."""
        with self._lock:
            if not self._watches:
                self._thread = None
            return list(self._watches)

    def _wake(self, watches: list[_Watch]) -> None:
        try:
            close_old_connections()
            states = self.look({watch.key for watch in watches})
        except DatabaseError as err:
            # Whoever waits is asked again when the time is over, and gets the answer of a failed database.
            logger.warning("cannot look", extra={"topic": self.name, "error": type(err).__name__})
            time.sleep(1)
            return
        for watch in watches:
            if states.get(watch.key, "") != watch.seen:
                self.leave(watch)
                with suppress(RuntimeError):  # the loop that waited has ended
                    watch.wake()


class NotYet(HttpResponse):
    """Ask the view again when `key` does not stand at `seen` any more, or in `seconds`.

    `note` is what the view wants to know then. Whoever cannot wait gets this answer: nothing new.
    """

    status_code = 204

    def __init__(
        self, topic: Topic, key: Hashable, *, seen: str, seconds: float, note: object = None
    ) -> None:
        super().__init__()
        self.topic, self.key, self.seen = topic, key, seen
        self.seconds, self.note = seconds, note

    @property
    def asked(self) -> dict[str, object]:
        """What the next request's environment says of this one."""
        return {ASKED: (self.note,)}


def was_asked(request: HttpRequest) -> bool:
    """This request has waited: the view should answer now, or say anew how long it wants to wait."""
    return ASKED in request.META


def note_of(request: HttpRequest) -> Any:
    """What the view noted when it was asked before; None when it was not."""
    return request.META.get(ASKED, (None,))[0]


def is_put_aside(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the server keeps this answer to itself and asks again."""
    return isinstance(response, NotYet) and bool(request.META.get(CAN_WAIT))


class WaitingMiddleware:
    """Waits in its thread where the server cannot put a request aside: Django's own, and the test client."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        while isinstance(response, NotYet) and not request.META.get(CAN_WAIT):
            _look_until(response)
            request.META.update(response.asked)
            response = self.get_response(request)
        return response


def _look_until(response: NotYet) -> None:
    deadline = time.monotonic() + response.seconds
    while time.monotonic() < deadline:
        if response.topic.look({response.key}).get(response.key, "") != response.seen:
            return
        _pause()


def _pause() -> None:
    time.sleep(LOOK_SECONDS)
