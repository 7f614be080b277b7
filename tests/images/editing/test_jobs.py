"""The life of a rendition, with workers that die, vanish and come back."""

import zlib
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from images import storage
from images.editing import jobs
from images.editing.models import Rendition
from images.work import worker
from images.work.failures import TooSlow
from images.work.job import SILENCE
from tests.base import Cast, finished, full_disk
from tests.images.editing.steps import RED, requested


def _claimed() -> Rendition:
    rendition = jobs.claim_next()
    assert rendition
    return rendition


class TestMaking(Cast):
    def test_the_row_knows_its_file(self) -> None:
        requested(finished(self.alice), **RED)
        jobs.process_next()
        rendition = Rendition.objects.get()
        with default_storage.open(rendition.file) as file:
            data = file.read()
        assert (rendition.bytes, rendition.crc32) == (len(data), zlib.crc32(data))
        assert rendition.sha256 == sha256(data).hexdigest()
        assert (rendition.width, rendition.height) == (120, 80)
        assert rendition.file.endswith(".png")

    def test_no_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo = finished(self.alice)
        requested(photo, **RED)
        full_disk(monkeypatch)
        jobs.process_next()
        assert Rendition.objects.get().error_code == "storage_full"
        assert len(storage.names_of(photo.pk)) == 4

    def test_a_cut_out_that_vanished(self) -> None:
        photo = finished(self.alice)
        requested(photo, **RED)
        default_storage.delete(photo.cutout.file)
        jobs.process_next()
        assert Rendition.objects.get().error_code == "file_vanished"

    @pytest.mark.parametrize(
        ("error", "code"), [(TooSlow(), "too_slow"), (RuntimeError("a bug"), "internal")]
    )
    def test_what_may_never_happen(
        self, error: Exception, code: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object) -> None:
            raise error

        requested(finished(self.alice), **RED)
        monkeypatch.setattr(jobs, "render", broken)
        jobs.process_next()
        assert Rendition.objects.get().error_code == code

    def test_a_photo_deleted_meanwhile_leaves_nothing(self) -> None:
        photo = finished(self.alice)
        requested(photo, **RED)
        rendition = _claimed()
        made = jobs._render(rendition)
        self.alice.post(f"/photos/{photo.pk}/delete/")
        jobs._finish(rendition, made)
        assert not list(storage.photo_ids())

    def test_nothing_waits(self) -> None:
        assert not jobs.process_next()


class TestSweep(Cast):
    def _silent(self) -> Rendition:
        requested(finished(self.alice), **RED)
        rendition = _claimed()
        Rendition.objects.update(pulse_at=timezone.now() - SILENCE - timedelta(seconds=1))
        return rendition

    def test_a_dead_workers_job_is_made_by_another(self) -> None:
        self._silent()
        jobs.sweep()
        assert jobs.process_next()
        assert Rendition.objects.get().is_done

    def test_a_late_worker_takes_its_files_back(self) -> None:
        rendition = self._silent()
        made = jobs._render(rendition)
        jobs.sweep()
        jobs.process_next()
        before = storage.names_of(rendition.cutout.photo_id)
        jobs._finish(rendition, made)
        assert storage.names_of(rendition.cutout.photo_id) == before

    def test_what_brings_workers_down_is_given_up(self) -> None:
        self._silent()
        Rendition.objects.update(attempts=Rendition.most_attempts - 1)
        jobs.sweep()
        assert Rendition.objects.get().error_code == "gave_up"

    def test_a_pulse_keeps_it(self) -> None:
        rendition = self._silent()
        with worker.working_on(rendition.claim, Rendition):
            worker.beat_once()
        jobs.sweep()
        assert Rendition.objects.get().status == Rendition.Status.RUNNING
