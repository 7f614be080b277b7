"""Waiting for a result. The one place that decides what a waiting request costs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

_FIRST_LOOK, _SLOWEST_LOOK = 0.02, 0.25

# A request that waits holds a thread: so many may, and the others go on serving everybody else.
_places = threading.BoundedSemaphore(max(1, settings.WEB_THREADS * 3 // 4))


class NoPlace(Exception):
    """As many requests wait as may."""


def until(is_over: Callable[[], bool], seconds: float) -> bool:
    """Wait until `is_over` says so, at most some seconds; whether it did. Raises NoPlace.

    Looks often at first and less often later, so that a fast result is not kept waiting.
    """
    if is_over():
        return True
    if seconds <= 0:
        return False
    with _place():
        return _look(is_over, time.monotonic() + seconds)


def _look(is_over: Callable[[], bool], deadline: float) -> bool:
    pause = _FIRST_LOOK
    while time.monotonic() < deadline:
        _pause(min(pause, max(0.0, deadline - time.monotonic())))
        if is_over():
            return True
        pause = min(pause * 1.5, _SLOWEST_LOOK)
    return False


def _pause(seconds: float) -> None:
    time.sleep(seconds)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise NoPlace
    try:
        yield
    finally:
        _places.release()
        # A thread of a pool keeps its connection; one that waited long may have lost it.
        connection.close_if_unusable_or_obsolete()
