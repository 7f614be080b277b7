"""/photos/<id>/download/: a file when a worker is at hand, else a page that asks again."""

import pytest
from django.utils import timezone

from images.editing import delivery, jobs
from images.editing.models import Rendition
from tests.base import Cast, body, finished

JPEG = "download/?format=jpeg"


class TestDownload(Cast):
    @pytest.fixture
    def busy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No worker has time while somebody waits."""
        monkeypatch.setattr(delivery, "PATIENCE_SECONDS", 0)

    def test_while_workers_are_busy_a_page_asks_again(self, busy: None) -> None:
        address = f"/photos/{finished(self.alice).pk}/{JPEG}"
        response = self.alice.get(address)
        assert response.status_code == 202
        assert 'http-equiv="refresh"' in response.content.decode()
        jobs.process_next()
        assert body(self.alice.get(address)).startswith(b"\xff\xd8\xff")
        assert Rendition.objects.count() == 1

    def test_what_is_stored_already_waits_for_nobody(self, busy: None) -> None:
        assert self.alice.get(f"/photos/{finished(self.alice).pk}/download/").status_code == 200
        assert not Rendition.objects.exists()

    def test_endless_new_files_are_slowed_down(self, busy: None) -> None:
        page = f"/photos/{finished(self.alice).pk}/download/?ground=colour&colour=%23"
        answers = [self.alice.get(f"{page}{number:06x}").status_code for number in range(35)]
        assert (answers[0], answers[-1]) == (202, 429)
        assert self.alice.get(f"{page}000000").status_code == 202

    def test_what_may_work_another_time_is_told_once_it_failed(self, busy: None) -> None:
        address = f"/photos/{finished(self.alice).pk}/{JPEG}"
        assert self.alice.get(address).status_code == 202
        Rendition.objects.update(
            status=Rendition.Status.FAILED, error_code="gave_up", finished_at=timezone.now()
        )
        told = self.alice.get(address)
        assert (told.status_code, "broke off" in told.content.decode()) == (400, True)

    def test_nobody_elses(self) -> None:
        photo = finished(self.alice)
        for other in (self.bob, self.guest):
            assert other.get(f"/photos/{photo.pk}/{JPEG}").status_code == 404
        assert not Rendition.objects.exists()
