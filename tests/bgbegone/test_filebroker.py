"""The queue of files: order, several takers, and no half-written message."""

import multiprocessing
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from bgbegone.lib import filebroker


def _connection(folder: Path) -> Connection:
    filebroker.register()
    return Connection("files://localhost//", transport_options={"folder": str(folder)})


def _put(folder: Path, *bodies: int) -> None:
    with _connection(folder) as connection, connection.SimpleQueue("bell") as queue:
        for body in bodies:
            queue.put(body)


def _take_all(folder: Path) -> list[int]:
    taken: list[int] = []
    with _connection(folder) as connection, connection.SimpleQueue("bell") as queue:
        while True:
            try:
                message = queue.get(timeout=0.5)
            except Empty:
                return taken
            message.ack()
            taken.append(message.payload)


def test_messages_come_in_the_order_they_were_sent(tmp_path: Path) -> None:
    _put(tmp_path, 1, 2, 3)
    assert _take_all(tmp_path) == [1, 2, 3]


def test_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    _put(tmp_path, 1)
    _take_all(tmp_path)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_several_writers_and_takers_lose_nothing_and_take_nothing_twice(tmp_path: Path) -> None:
    # Spawned: a fork would inherit the threads and connections of the test run.
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        for start in range(2):
            pool.apply_async(_put, (tmp_path, *range(start * 100, start * 100 + 100)))
        takers = [pool.apply_async(_take_all, (tmp_path,)) for _ in range(2)]
        taken = [body for taker in takers for body in taker.get(timeout=60)]
    assert sorted(taken + _take_all(tmp_path)) == list(range(200))


def test_a_worker_that_shall_end_takes_no_more_and_waits_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(tmp_path, 1)
    monkeypatch.setattr(filebroker.Transport, "is_ending", True)
    with _connection(tmp_path) as connection, connection.SimpleQueue("bell") as queue:
        with pytest.raises(Empty):
            queue.get(timeout=3600)
        monkeypatch.undo()
        assert queue.get(timeout=5).payload == 1


def test_size_and_purge(tmp_path: Path) -> None:
    _put(tmp_path, 1, 2)
    with _connection(tmp_path) as connection:
        channel = connection.channel()
        assert channel._size("bell") == 2
        assert channel._purge("bell") == 2
        with pytest.raises(Empty):
            channel._get("bell")
