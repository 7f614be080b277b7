"""Waiting on the server for what is new about a photo, so that its page need not ask ten times a second."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from images.work.models import Cutout
from images.work.progress import Progress, progress_of

HOLD_SECONDS = 3.0
_LOOK_SECONDS = 0.1

# Held requests occupy threads: half of them may, the other half goes on serving everybody else.
_places = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 2))


def wait_for_news(cutout: Cutout, seen: str) -> Progress | None:
    """The progress once its key is not `seen` any more, or after a while; None when the work is over.

    Without a free place it does not wait at all.
    """
    with place() as has_place:
        deadline = time.monotonic() + (HOLD_SECONDS if has_place else 0)
        progress = progress_of(cutout)
        while cutout.is_active and progress.key == seen and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            cutout.refresh_from_db()
            progress = progress_of(cutout)
    return progress if cutout.is_active else None


@contextmanager
def place() -> Iterator[bool]:
    """Whether this request may be held."""
    has_place = _places.acquire(blocking=False)
    try:
        yield has_place
    finally:
        if has_place:
            _places.release()
