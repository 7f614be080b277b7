"""The life of a cut-out, with workers that die, vanish and come back."""

import errno
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from boto3.exceptions import RetriesExceededError
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
)
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone

from images import engine, storage
from images.engine.errors import ModelUnavailable
from images.photos.models import Photo
from images.work import jobs, results, worker
from images.work.failures import TooSlow
from images.work.job import SILENCE
from images.work.models import Cutout, Worker
from policy.models import DailyFigure
from tests.base import Cast, disc, finished, full_disk, upload_file, uploaded


def _answered(status: int) -> ClientError:
    return ClientError({"ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


# What S3's library raises while its server is away, or has gone in the middle of an answer.
_AT = {"endpoint_url": "http://localhost"}
AWAY = [
    EndpointConnectionError(**_AT),
    ConnectionClosedError(**_AT),
    ConnectTimeoutError(**_AT),
    ReadTimeoutError(**_AT),
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
    RetriesExceededError(OSError()),
    _answered(503),
]


@contextmanager
def _opening_raises(error: Exception, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "open", broken)
        yield


def _silence() -> None:
    """The workers have been dead for a while."""
    Cutout.objects.update(pulse_at=timezone.now() - SILENCE - timedelta(seconds=1))


class TestProcessing(Cast):
    def test_the_result_knows_how_it_was_made(self) -> None:
        cutout = finished(self.alice).cutout
        assert cutout.width == 120
        assert set(cutout.stage_seconds) == set(engine.Stage)
        assert cutout.model
        assert len(cutout.weights_sha256) == 64
        assert cutout.backend.startswith("ONNX Runtime")
        assert cutout.confidence
        assert 0 < cutout.confidence <= 1

    def test_p09_the_dashboard_learns_how_many_and_how_long(self) -> None:
        uploaded(self.alice)
        Cutout.objects.update(queued_at=timezone.now() - timedelta(seconds=30))
        jobs.process_next()
        uploaded(self.bob, file=upload_file(_dark()))
        jobs.process_next()
        counted = dict(DailyFigure.objects.values_list("key", "value"))
        assert (counted["jobs.done"], counted["jobs.failed"]) == (1, 1)
        assert 30_000 <= counted["jobs.wait_ms"] < 60_000
        assert 0 < counted["jobs.work_ms"] < 30_000

    def test_a_failure_is_known_only_together_with_who_is_told_of_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def killed(_cutout: Cutout, _code: str) -> None:
            raise KeyboardInterrupt

        uploaded(self.alice)
        cutout = jobs.claim_next()
        assert cutout
        monkeypatch.setattr(results, "_failure_handlers", [killed])
        with pytest.raises(KeyboardInterrupt):
            jobs._fail(cutout, "internal", {})
        assert Cutout.objects.get().status == Cutout.Status.RUNNING
        assert not DailyFigure.objects.filter(key="jobs.failed").exists()

    def test_first_come_first_served(self) -> None:
        photos = [uploaded(self.alice), uploaded(self.bob)]
        taken = [jobs.claim_next(), jobs.claim_next()]
        assert [cutout.photo for cutout in taken if cutout] == photos

    def test_one_that_is_deleted_while_it_is_taken_is_not_the_last(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone, there = uploaded(self.alice), uploaded(self.bob)
        monkeypatch.setattr(Cutout, "tell", lambda _pk: Photo.objects.filter(pk=gone.pk).delete())
        taken = jobs.claim_next()
        assert taken
        assert taken.photo == there

    def test_a_single_photo_goes_before_a_batch(self) -> None:
        batch, single = uploaded(self.alice), uploaded(self.bob)
        Cutout.objects.filter(photo=batch).update(queue=Cutout.Queue.BULK)
        cutout = jobs.claim_next()
        assert cutout
        assert cutout.photo == single

    def test_nothing_waits(self) -> None:
        assert not jobs.process_next()

    def test_a_file_without_a_subject(self) -> None:
        dark = _dark()
        uploaded(self.alice, file=upload_file(dark))
        jobs.process_next()
        assert Cutout.objects.get().error_code == "no_subject"

    def test_a_photo_cut_off_in_its_middle(self) -> None:
        data = disc((400, 300), "JPEG")
        uploaded(self.alice, file=upload_file(data[: len(data) // 2], "half.jpg"))
        jobs.process_next()
        assert Cutout.objects.get().error_code in ("truncated", "damaged")

    def test_a_file_that_vanished(self) -> None:
        default_storage.delete(uploaded(self.alice).file)
        jobs.process_next()
        assert Cutout.objects.get().error_code == "file_vanished"

    def test_no_room_for_the_result(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo = uploaded(self.alice)
        full_disk(monkeypatch)
        jobs.process_next()
        assert Cutout.objects.get().error_code == "storage_full"
        assert storage.names_of(photo.pk) == [photo.file]

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (TooSlow(), "too_slow"),
            (RuntimeError("a bug"), "internal"),
            (OSError(errno.EIO, "disk"), "internal"),
        ],
    )
    def test_what_the_engine_may_never_do(
        self, error: Exception, code: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: Any, **kwargs: Any) -> None:
            raise error

        uploaded(self.alice)
        monkeypatch.setattr(worker._process.network, "run", broken, raising=False)
        jobs.process_next()
        assert Cutout.objects.get().error_code == code

    @pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
    def test_a_store_that_is_away_is_waited_for(
        self, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        uploaded(self.alice)
        with _opening_raises(error, monkeypatch):
            for _ in range(Cutout.most_attempts + 1):
                jobs.process_next()
        waiting = Cutout.objects.get()
        assert (waiting.status, waiting.stage, waiting.attempts) == ("queued", "", 0)
        jobs.process_next()
        assert Cutout.objects.get().is_done

    def test_a_store_that_refuses_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        uploaded(self.alice)
        with _opening_raises(_answered(403), monkeypatch):
            jobs.process_next()
        assert Cutout.objects.get().error_code == "internal"

    def test_p13_cutting_out_opens_no_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*args: Any) -> None:
            raise AssertionError("a worker opened a connection")

        uploaded(self.alice)
        if "FileSystemStorage" in settings.STORAGES["default"]["BACKEND"]:
            monkeypatch.setattr("socket.socket.connect", refuse)
        assert jobs.process_next()
        assert Cutout.objects.get().is_done


class TestNoModel(Cast):
    @pytest.fixture(autouse=True)
    def _no_model(self, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
        monkeypatch.setattr(worker._process, "network", None)
        monkeypatch.setattr(worker._process, "problem", "")
        settings.BGBEGONE_MODELS = tmp_path

    def test_photos_wait(self) -> None:
        uploaded(self.alice)
        assert not jobs.process_next()
        assert Cutout.objects.get().status == Cutout.Status.QUEUED

    def test_the_pulse_carries_the_reason(self) -> None:
        with pytest.raises(ModelUnavailable):
            worker.network()
        worker.beat_once()
        assert Worker.objects.get().problem == "model_unavailable"
        assert not Worker.objects.ready().exists()


def _over(written: list[str], name: str) -> None:
    """The time is over when this has been written."""
    written.append(name)
    raise TooSlow


class TestDeadWorkers(Cast):
    def test_what_a_dead_worker_held_is_done_by_the_next(self) -> None:
        uploaded(self.alice)
        jobs.claim_next()
        _silence()
        jobs.sweep()
        assert jobs.process_next()
        assert Cutout.objects.get().is_done

    def test_a_pulse_from_before_the_clock_was_turned_back_keeps_nobody_alive(self) -> None:
        uploaded(self.alice)
        jobs.claim_next()
        Cutout.objects.update(pulse_at=timezone.now() + timedelta(minutes=50))
        Worker.objects.create(pulse_at=timezone.now() + timedelta(minutes=50))
        assert not Worker.objects.alive().exists()
        jobs.sweep()
        assert Cutout.objects.get().status == Cutout.Status.QUEUED

    def test_a_living_worker_keeps_its_photo(self) -> None:
        uploaded(self.alice)
        jobs.claim_next()
        jobs.sweep()
        assert Cutout.objects.get().status == Cutout.Status.RUNNING

    def test_the_pulse_keeps_a_long_job_alive(self) -> None:
        uploaded(self.alice)
        cutout = jobs.claim_next()
        assert cutout
        _silence()
        with worker.working_on(cutout.claim):
            worker.beat_once()
        assert not Cutout.objects.silent().exists()

    def test_two_results_for_one_photo_are_one(self) -> None:
        photo = uploaded(self.alice)
        slow = jobs.claim_next()
        assert slow
        result = jobs._run_engine(slow, worker.network())
        _silence()
        jobs.sweep()
        assert jobs.process_next()
        jobs._finish(slow, result)
        assert len(storage.names_of(photo.pk)) == 4
        assert photo.links.count() == 1

    def test_what_is_known_stays_when_the_time_is_over_just_then(self) -> None:
        cutout = finished(self.alice).cutout
        with pytest.raises(TooSlow), jobs.storing(cutout) as written:
            _over(written, cutout.file)
        assert default_storage.exists(cutout.file)

    def test_what_is_not_known_yet_goes_when_the_time_is_over(self) -> None:
        photo = finished(self.alice)
        with pytest.raises(TooSlow), jobs.storing(photo.cutout) as written:
            _over(written, storage.write(photo.pk, ContentFile(b"half"), "png"))
        assert not default_storage.exists(written[0])
        assert default_storage.exists(photo.cutout.file)

    def test_a_photo_that_kills_its_workers_is_given_up(self) -> None:
        uploaded(self.alice)
        for _ in range(Cutout.most_attempts):
            assert jobs.claim_next()
            _silence()
            jobs.sweep()
        assert Cutout.objects.get().error_code == "gave_up"

    def test_the_suspect_goes_to_the_end_of_the_line(self) -> None:
        suspect = uploaded(self.alice)
        jobs.claim_next()
        other = uploaded(self.bob)
        _silence()
        jobs.sweep()
        assert list(Cutout.objects.waiting().values_list("photo", flat=True)) == [
            other.pk,
            suspect.pk,
        ]

    def test_a_claim_is_won_once(self) -> None:
        uploaded(self.alice)
        assert jobs.claim_next()
        assert jobs.claim_next() is None

    def test_long_dead_workers_are_forgotten(self) -> None:
        Worker.objects.create(id=uuid.uuid4())
        Worker.objects.update(pulse_at=F("pulse_at") - timedelta(hours=2))
        jobs.sweep()
        assert not Worker.objects.exists()


class TestBell(Cast):
    def test_a_queue_that_is_away_loses_nothing(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from kombu.exceptions import OperationalError

        def unreachable(*args: Any, **kwargs: Any) -> None:
            raise OperationalError("connection refused")

        monkeypatch.setattr("celery.app.task.Task.apply_async", unreachable)
        photo = uploaded(self.alice)
        assert Photo.objects.filter(pk=photo.pk).exists()
        assert jobs.process_next()


def _dark() -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (160, 120), (3, 3, 3)).save(buffer, "PNG")
    return buffer.getvalue()
