"""Workers that do their work while a request waits."""

import time

import pytest

from images.api import waiting
from images.editing import jobs as renditions
from images.work import jobs as cutouts


@pytest.fixture
def workers(engine: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever a request sleeps, a worker takes what is next, in the same thread and database."""

    def work(seconds: float) -> None:
        if not (cutouts.process_next() or renditions.process_next()):
            time.sleep(min(seconds, 0.01))

    monkeypatch.setattr(waiting, "_pause", work)
