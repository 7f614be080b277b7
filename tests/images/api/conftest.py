"""Workers that do their work while a request waits."""

import pytest

from images.api import waiting
from images.editing import jobs as renditions
from images.work import jobs as cutouts


@pytest.fixture
def workers(engine: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever a waiting request looks, a worker has taken what is next, in the same thread and database."""
    look = waiting.topic.look

    def work_and_look(keys: object) -> object:
        if not cutouts.process_next():
            renditions.process_next()
        return look(keys)  # type: ignore[arg-type]

    monkeypatch.setattr(waiting.topic, "look", work_and_look)
