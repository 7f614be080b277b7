"""Page views between the request and the database."""

import os
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DataError, InterfaceError, OperationalError, models

from policy.analytics import buffer as buffer_module
from policy.analytics.buffer import Buffer
from policy.models import PageView
from tests.policy.analytics.base import stored, view


class _Quiet(Buffer):
    """One that is only written when told to."""

    def _start(self) -> None:
        pass


class _Told(Buffer):
    """One whose flush says that it was called, and writes nothing."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__()
        self.flushed, self.failures = threading.Event(), failures

    def flush(self) -> bool:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("on purpose")
        self.flushed.set()
        return True


@pytest.fixture
def buffer() -> Buffer:
    return _Quiet(most=1000)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the database fail, until told otherwise."""
    whole = models.QuerySet.bulk_create
    state: dict[str, Any] = {"error": OperationalError("gone"), "tries": 0}

    def fail(*args: Any, **kwargs: Any) -> Any:
        state["tries"] += 1
        if state["error"]:
            raise state["error"]
        return whole(*args, **kwargs)

    monkeypatch.setattr(models.QuerySet, "bulk_create", fail)
    return state


def _words(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records]


@pytest.mark.django_db
class TestRows:
    def test_all_are_written_once(self, buffer: Buffer) -> None:
        for _ in range(3):
            buffer.add(view())
        assert buffer.flush()
        assert buffer.flush()
        assert PageView.objects.count() == 3
        assert len(buffer) == 0

    def test_many_are_written_in_batches(self, buffer: Buffer, django_assert_max_num_queries: Any) -> None:
        for _ in range(900):
            buffer.add(view())
        with django_assert_max_num_queries(30):
            buffer.flush()
        assert PageView.objects.count() == 900

    def test_nothing_to_write_is_no_query(self, buffer: Buffer, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            buffer.flush()

    def test_what_is_too_much_is_dropped_and_counted(
        self, buffer: Buffer, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(1200):
            buffer.add(view())
        assert len(buffer) == 1000
        buffer.flush()
        assert PageView.objects.count() == 1000
        (record,) = caplog.records
        assert (record.message, vars(record)["dropped"]) == ("page views dropped", 200)

    def test_while_the_database_is_away_rows_wait(
        self, buffer: Buffer, away: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        buffer.add(view())
        assert not buffer.flush()
        buffer.add(view())
        away["error"] = InterfaceError("closed")
        assert not buffer.flush()
        assert _words(caplog) == ["page views wait", "page views wait"]
        away["error"] = None
        assert buffer.flush()
        assert PageView.objects.count() == 2

    def test_while_it_is_away_no_more_is_kept_than_the_bound(self, buffer: Buffer, away: Any) -> None:
        for _ in range(3):
            for _ in range(800):
                buffer.add(view())
            buffer.flush()
        assert len(buffer) == 1000

    def test_rows_that_the_database_refuses_hold_up_no_others(
        self, buffer: Buffer, away: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        buffer.add(view())
        away["error"] = DataError("no")
        assert buffer.flush()
        away["error"] = None
        buffer.add(view())
        buffer.flush()
        assert PageView.objects.count() == 1
        assert "page views refused" in _words(caplog)

    def test_a_row_whose_arrival_was_not_confirmed_is_not_counted_twice(self, buffer: Buffer) -> None:
        row = view()
        stored_before = stored(id=row.pk)
        buffer.add(row)
        buffer.add(view())
        assert buffer.flush()
        assert set(PageView.objects.values_list("pk", flat=True)) > {stored_before.pk}
        assert PageView.objects.count() == 2


@pytest.mark.django_db
class TestTimes:
    def _active(self, row: PageView) -> int | None:
        row.refresh_from_db()
        return row.active_ms

    def test_a_time_is_set(self, buffer: Buffer) -> None:
        row, other = stored(), stored()
        buffer.spend(row.pk, 1200)
        buffer.flush()
        assert (self._active(row), self._active(other)) == (1200, None)

    def test_the_longest_wins_in_whatever_order_they_come(self, buffer: Buffer) -> None:
        row = stored()
        for ms in (500, 3000, 900):
            buffer.spend(row.pk, ms)
        buffer.flush()
        buffer.spend(row.pk, 2000)
        buffer.flush()
        assert self._active(row) == 3000

    def test_a_time_may_come_with_its_row(self, buffer: Buffer) -> None:
        row = view()
        buffer.spend(row.pk, 700)
        buffer.add(row)
        buffer.flush()
        assert PageView.objects.get().active_ms == 700

    def test_a_time_may_come_before_its_row(self, buffer: Buffer) -> None:
        """As when another process has not written it yet."""
        row = view()
        buffer.spend(row.pk, 700)
        buffer.flush()
        row.save(force_insert=True)
        buffer.flush()
        assert self._active(row) == 700
        assert len(buffer) == 0

    def test_one_whose_row_never_comes_is_given_up(self, buffer: Buffer) -> None:
        buffer.spend(uuid.uuid4(), 700)
        for _ in range(buffer_module._TRIES):
            assert len(buffer) == 1
            buffer.flush()
        assert len(buffer) == 0
        assert not buffer._misses

    def test_they_are_bounded_but_known_views_still_grow(self) -> None:
        buffer, views = _Quiet(most=10), [uuid.uuid4() for _ in range(30)]
        for name in views:
            buffer.spend(name, 1)
        buffer.spend(views[0], 5)
        assert len(buffer) == 10
        assert buffer._times[views[0]] == 5

    def test_a_longer_time_during_the_write_is_not_lost(
        self, buffer: Buffer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row, whole = stored(), models.QuerySet.update

        def update(*args: Any, **kwargs: Any) -> int:
            buffer.spend(row.pk, 900)
            return whole(*args, **kwargs)

        buffer.spend(row.pk, 400)
        monkeypatch.setattr(models.QuerySet, "update", update)
        buffer.flush()
        buffer.flush()
        assert self._active(row) == 900


class TestManyAtOnce:
    @pytest.mark.django_db
    def test_rows_and_times_from_many_threads_all_arrive(self) -> None:
        buffer = _Quiet(most=100_000)

        def visit(_number: int) -> None:
            for _ in range(200):
                row = view()
                buffer.add(row)
                for ms in (30, 10, 20):
                    buffer.spend(row.pk, ms)

        with ThreadPoolExecutor(16) as pool:
            visits = [pool.submit(visit, number) for number in range(16)]
            # The rows are taken away while others come.
            while not all(visit.done() for visit in visits):
                buffer.flush()
            for one in visits:
                one.result()
        buffer.flush()
        assert PageView.objects.count() == PageView.objects.filter(active_ms=30).count() == 3200

    def test_the_thread_begins_with_the_first_row_and_is_one(self) -> None:
        buffer = _Told()
        assert buffer._thread is None
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: buffer.add(view()), range(100)))
        assert sum(thread is buffer._thread for thread in threading.enumerate()) == 1
        assert buffer._thread
        assert buffer._thread.daemon

    def test_the_thread_comes_again_and_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(buffer_module, "SECONDS", 0.01)
        buffer = _Told()
        buffer.add(view())
        for _ in range(3):
            assert buffer.flushed.wait(5)
            buffer.flushed.clear()

    def test_a_full_batch_does_not_wait_for_the_clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(buffer_module, "SECONDS", 3600)
        buffer = _Told()
        for _ in range(buffer_module.BATCH - 1):
            buffer.add(view())
        assert not buffer.flushed.wait(0.1)
        buffer.add(view())
        assert buffer.flushed.wait(5)

    def test_a_failure_of_the_thread_is_not_its_end(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(buffer_module, "SECONDS", 0.01)
        buffer = _Told(failures=2)
        buffer.add(view())
        assert buffer.flushed.wait(5)
        assert _words(caplog).count("page views not written") == 2

    def test_a_forked_process_begins_with_an_empty_buffer(self) -> None:
        buffer_module.page_views.add(view())
        pid = os.fork()
        if not pid:
            page_views = buffer_module.page_views
            os._exit(len(page_views) + (page_views._thread is not None))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert len(buffer_module.page_views) == 1
