"""A worker notices that messages wait which it never gets."""

from typing import Any

import pytest
from celery import current_app
from django.conf import settings

from bgbegone import hearing
from bgbegone.hearing import SILENCE_SECONDS, Ear


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class TestEar:
    def setup_method(self) -> None:
        self.clock = Clock()
        self.ear = Ear(self.clock)

    def _later(self, waiting: int, seconds: float = SILENCE_SECONDS) -> bool:
        self.ear.is_deaf(waiting)
        self.clock.now += seconds
        return self.ear.is_deaf(waiting)

    def test_messages_wait_and_nobody_has_anything_to_do(self) -> None:
        assert self._later(1)

    def test_said_once_and_again_after_as_long(self) -> None:
        assert self._later(1)
        assert not self.ear.is_deaf(1)
        assert self._later(1)

    def test_not_at_once(self) -> None:
        assert not self._later(1, SILENCE_SECONDS - 1)

    def test_nothing_waits(self) -> None:
        assert not self._later(0)

    def test_whoever_works_hears_nothing(self) -> None:
        self.ear.begin()
        assert not self._later(1)

    def test_a_message_in_between_was_heard(self) -> None:
        self.ear.is_deaf(1)
        self.clock.now += SILENCE_SECONDS
        self.ear.begin()
        self.ear.end()
        assert not self.ear.is_deaf(1)


@pytest.mark.skipif(not settings.BROKER_URL, reason="files are never deaf")
def test_what_lies_in_the_queues_of_this_worker_is_counted() -> None:
    queues: Any = current_app.amqp.queues
    queues.select(["hearing"])
    try:
        before = hearing.messages_waiting()
        current_app.send_task("nobody.knows", queue="hearing")
        assert hearing.messages_waiting() == before + 1
    finally:
        with current_app.connection_for_write() as connection:
            connection.default_channel.client.delete("hearing")
        queues.select(None)


def test_a_broker_that_is_away_is_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to hear is not deafness."""
    monkeypatch.setattr(
        current_app, "connection_for_read", lambda: current_app.connection("redis://127.0.0.1:1/0")
    )
    assert hearing.messages_waiting() == 0
