"""Page views on their way to the database: collected in memory, written by a thread every few seconds.

So a request pays for no query. Each process has a buffer of its own; what is left in it is written when the
process ends in a normal way.
"""

import atexit
import logging
import os
import threading
import time
from collections import Counter, deque
from itertools import islice
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, transaction
from django.db.models import Q

from policy.analytics.models import PageView

logger = logging.getLogger(__name__)

SECONDS = 5
BATCH = 500
# What a process keeps while the database is away: some minutes of a busy site, and few megabytes.
MOST = 10_000
# A time may come before its view, which waits in another process; that one writes it within seconds.
_TRIES = 5


class Buffer:
    """Rows to insert and active times to set, both bounded. Every method may be called from any thread."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.forget()

    def forget(self) -> None:
        """Begin anew, as a forked process must: rows, locks and thread belong to its parent."""
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._rows: deque[PageView] = deque()
        self._times: dict[UUID, int] = {}
        self._misses: Counter[UUID] = Counter()
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._rows) + len(self._times)

    def add(self, view: PageView) -> None:
        """Keep a row until the next flush."""
        with self._lock:
            if len(self._rows) < self._most:
                self._rows.append(view)
            else:
                self._dropped += 1
        self._start()

    def spend(self, view: UUID, ms: int) -> None:
        """Keep the longest active time that was told of a view."""
        with self._lock:
            if view in self._times or len(self._times) < self._most:
                self._times[view] = max(ms, self._times.get(view, 0))
            else:
                self._dropped += 1
        self._start()

    def flush(self) -> bool:
        """Write everything. False when the database is away; then all is kept for the next time."""
        with self._flushing:
            self._report_dropped()
            try:
                self._write_rows()
                self._write_times()
            except (OperationalError, InterfaceError) as err:
                logger.warning("page views wait", extra={"waiting": len(self), "error": type(err).__name__})
                return False
            return True

    def _start(self) -> None:
        """Have a thread that flushes, in this process; wake it when there is a batch."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="page-views", daemon=True)
                self._thread.start()
                atexit.unregister(self.flush)
                atexit.register(self.flush)
            if len(self._rows) >= BATCH:
                self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait(SECONDS)
            self._wake.clear()
            if not self._flush_as_a_thread():
                time.sleep(SECONDS)

    def _flush_as_a_thread(self) -> bool:
        close_old_connections()
        try:
            return self.flush()
        except Exception:  # whatever it was, the next views must be written all the same
            logger.exception("page views not written")
            return False
        finally:
            close_old_connections()

    def _report_dropped(self) -> None:
        with self._lock:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            logger.warning("page views dropped", extra={"dropped": dropped})

    def _write_rows(self) -> None:
        while rows := self._first_rows():
            try:
                # A row that is there already came from a try whose answer was lost on the way.
                PageView.objects.bulk_create(rows, ignore_conflicts=True)
            except (OperationalError, InterfaceError):
                raise
            except DatabaseError:
                # The database is there and refuses: it would do so for ever, and hold up all others.
                logger.exception("page views refused", extra={"dropped": len(rows)})
            with self._lock:
                for _ in rows:
                    self._rows.popleft()

    def _first_rows(self) -> list[PageView]:
        with self._lock:
            return list(islice(self._rows, BATCH))

    def _write_times(self) -> None:
        """One round over all times that are there; those whose view is unknown stay for the next."""
        with self._lock:
            waiting = list(self._times.items())
        for start in range(0, len(waiting), BATCH):
            self._write_batch_of_times(dict(waiting[start : start + BATCH]))

    def _write_batch_of_times(self, times: dict[UUID, int]) -> None:
        known = set(PageView.objects.filter(pk__in=times).values_list("pk", flat=True))
        with transaction.atomic():
            for view in known:
                shorter = Q(active_ms=None) | Q(active_ms__lt=times[view])
                PageView.objects.filter(shorter, pk=view).update(active_ms=times[view])
        with self._lock:
            for view, ms in times.items():
                self._settle(view, ms, is_written=view in known)

    def _settle(self, view: UUID, ms: int, *, is_written: bool) -> None:
        self._misses[view] += 1
        is_over = is_written or self._misses[view] >= _TRIES
        # A longer time may have come in the meantime.
        if is_over and self._times[view] == ms:
            del self._times[view]
        if is_over:
            del self._misses[view]


page_views = Buffer()
os.register_at_fork(after_in_child=page_views.forget)
