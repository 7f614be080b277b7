"""How many views of one client are counted."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from policy.analytics import floods
from tests.base import reader
from tests.policy.analytics.base import seen

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.policy.analytics.pages")]

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "MOST_PER_MINUTE", 5)
    floods._counts.clear()


def _read(client: Client, pages: int, address: str = "203.0.113.7") -> None:
    for _ in range(pages):
        assert client.get("/", REMOTE_ADDR=address).status_code == 200


@time_machine.travel(NOW, tick=False)
def test_what_is_over_is_answered_and_not_counted() -> None:
    _read(reader(), 8)
    assert len(seen()) == 5


@time_machine.travel(NOW, tick=False)
def test_others_are_counted_all_the_same() -> None:
    _read(reader(), 8)
    _read(reader(), 2, address="198.51.100.9")
    assert len(seen()) == 7


def test_the_next_minute_is_another_one() -> None:
    for minutes in range(3):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            _read(reader(), 6)
    assert len(seen()) == 15


@time_machine.travel(NOW, tick=False)
def test_memory_is_bounded_and_holds_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "_MOST_CLIENTS", 10)
    for number in range(30):
        _read(reader(), 1, address=f"203.0.113.{number}")
    assert len(floods._counts) <= 10
    assert not any("203.0.113" in client for client in floods._counts)
