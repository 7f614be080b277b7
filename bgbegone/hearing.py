"""A worker that does not hear its bell any more ends, and whoever supervises it starts a new one.

After a broken line to Redis, Celery (5.7 and before) may never ask for a message again although its process
lives and has reconnected: what could not be acknowledged counts against the prefetch for ever. Seen from
here: somebody has nothing to do while messages lie in the queues that this worker serves.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from celery import current_app, signals
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
# A message is fetched within milliseconds, and within seconds after Celery has reconnected.
SILENCE_SECONDS = 15.0


@dataclass
class Ear:
    """What the process that does the work knows of it; `clock` counts seconds."""

    clock: Callable[[], float] = time.monotonic
    _busy: int = 0
    _deaf_since: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        with self._lock:
            self._busy += 1
            self._deaf_since = None

    def end(self) -> None:
        with self._lock:
            self._busy -= 1

    def is_deaf(self, waiting: int) -> bool:
        """Whether messages have waited for long while nobody here had anything to do; to be asked often."""
        with self._lock:
            if self._busy or not waiting:
                self._deaf_since = None
                return False
            self._deaf_since = self._deaf_since or self.clock()
            if self.clock() - self._deaf_since < SILENCE_SECONDS:
                return False
            self._deaf_since = None
            return True


_ear = Ear()


@signals.task_prerun.connect
def _begun(**_kwargs: Any) -> None:
    _ear.begin()


@signals.task_postrun.connect
def _ended(**_kwargs: Any) -> None:
    _ear.end()


@signals.worker_process_init.connect
def _in_child(**_kwargs: Any) -> None:
    """A process of a pool: its parent is the one that listens."""
    _watch(os.getppid())


@signals.worker_ready.connect
def _in_parent(sender: Any, **_kwargs: Any) -> None:
    """Where tasks run in threads, the process that listens is this one."""
    if not type(sender.pool).__module__.endswith("prefork"):
        _watch(os.getpid())


def _watch(listener: int) -> None:
    if current_app.connection_for_read().transport.driver_type == "redis":
        threading.Thread(target=_look, args=(listener,), daemon=True).start()


def _look(listener: int) -> None:
    # The first time it finishes what is under way, then it does not wait for that.
    ways = iter((signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL))
    while True:
        time.sleep(LOOK_SECONDS)
        if _ear.is_deaf(messages_waiting()):
            logger.warning("the queue is not heard any more: the worker begins anew")
            os.kill(listener, next(ways))


def messages_waiting() -> int:
    """How many lie in the queues of this worker; 0 where they cannot be asked."""
    app: Any = current_app
    connection = app.connection_for_read()
    away = (OperationalError, OSError, *connection.connection_errors)
    try:
        with connection:
            client = connection.default_channel.client
            return sum(client.llen(name) for name in app.amqp.queues.consume_from)
    except away:
        return 0
