"""A process of the pool that is killed takes nothing along that the others wait for."""

import fcntl
import os
import signal
from collections.abc import Iterator

import pytest
from celery import concurrency
from django.conf import settings

from bgbegone.prefork import SharedPipe, Turn
from tests.stack import wait_for

_SECONDS = 20


@pytest.fixture
def pool() -> Iterator[SharedPipe]:
    made = SharedPipe(1, threads=True)
    yield made
    made.terminate()
    made.join()


def _is_taken(turn: Turn) -> bool:
    try:
        fcntl.lockf(turn._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    turn.release()
    return False


def test_who_comes_after_one_that_waited_gets_work(pool: SharedPipe) -> None:
    first = pool.apply_async(os.getpid).get(_SECONDS)
    wait_for(lambda: _is_taken(pool._inqueue._rlock), "it does not wait for work", _SECONDS)
    os.kill(first, signal.SIGKILL)
    # Until it has ended, it may still fetch what comes next.
    wait_for(lambda: first not in {process.pid for process in pool._pool}, "it lives", _SECONDS)
    assert pool.apply_async(os.getpid).get(_SECONDS) != first


def test_workers_have_such_a_pool() -> None:
    pool = concurrency.get_implementation(settings.CELERY_WORKER_POOL)
    assert pool.BlockingPool is SharedPipe
