"""Celery's processes side by side, none of which leaves the others deaf when it is killed.

Where the broker is no server, they share one pipe and take turns at it. Whoever waits for work waits there
and has the turn; Celery keeps that in a semaphore, which nobody gives back for a process that was killed.
Whoever took its place would wait for ever, and so would it when its parent is gone.
"""

import fcntl
import tempfile
from types import TracebackType
from typing import Any

from billiard.pool import Pool
from celery.concurrency import prefork


class Turn:
    """A lock between processes that the system takes back from one that ends, however it ends."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (open for as long as the pool is there)

    def acquire(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class SharedPipe(Pool):
    _inqueue: Any
    _outqueue: Any

    def _setup_queues(self) -> None:
        super()._setup_queues()  # type: ignore[misc]
        self._inqueue._rlock = Turn()
        self._outqueue._wlock = Turn()


class TaskPool(prefork.TaskPool):
    BlockingPool: Any = SharedPipe
