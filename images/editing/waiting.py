"""Waiting for a rendition for a moment, so that most people never see that there was a queue."""

import time

from images.editing.models import Rendition
from images.work.news import place

PATIENCE_SECONDS = 6.0
_LOOK_SECONDS = 0.05


def wait_for(rendition: Rendition) -> Rendition:
    """The row as it is when the work is over, or after a while. Without a free place it waits not at all.

    Raises Rendition.DoesNotExist when it was deleted meanwhile.
    """
    with place() as has_place:
        deadline = time.monotonic() + (PATIENCE_SECONDS if has_place else 0)
        while rendition.is_active and time.monotonic() < deadline:
            _pause()
            rendition.refresh_from_db()
    return rendition


def _pause() -> None:
    time.sleep(_LOOK_SECONDS)
