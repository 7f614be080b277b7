"""Deleting what is no longer needed, and the record of it (promise P16)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from images import storage
from images.photos.models import Photo
from images.sharing.models import ShareLink
from policy import retention
from policy.models import RetentionRun
from tests.base import Cast, finished, uploaded


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> dict[str, retention.Rule]:
    """No rules but those that a test registers."""
    monkeypatch.setattr(retention, "_rules", {})
    return retention._rules


@pytest.mark.django_db
class TestRules:
    def test_a_run_is_recorded(self, rules: Any) -> None:
        retention.register("things", every=timedelta(hours=1))(lambda: 3)
        retention.delete_expired()
        run = RetentionRun.objects.get()
        assert (run.rule, run.deleted, run.is_complete) == ("things", 3, True)

    def test_a_rule_rests_until_it_is_due(self, rules: Any) -> None:
        retention.register("things", every=timedelta(hours=1))(lambda: 0)
        retention.delete_expired()
        retention.delete_expired()
        assert RetentionRun.objects.count() == 1

    def test_a_run_from_before_the_clock_was_turned_back_keeps_no_rule_waiting(self, rules: Any) -> None:
        retention.register("things", every=timedelta(hours=1))(lambda: 0)
        RetentionRun.objects.create(rule="things", ran_at=timezone.now() + timedelta(minutes=50))
        retention.delete_expired()
        assert RetentionRun.objects.count() == 2

    def test_one_that_fails_stops_no_other_and_stays_incomplete(self, rules: Any) -> None:
        retention.register("broken", every=timedelta(0))(lambda: 1 // 0)
        retention.register("sound", every=timedelta(0))(lambda: 1)
        retention.delete_expired()
        assert dict(RetentionRun.objects.values_list("rule", "is_complete")) == {
            "broken": False,
            "sound": True,
        }

    def test_old_records_go_too(self) -> None:
        old = RetentionRun.objects.create(rule="x", ran_at=timezone.now() - timedelta(days=500))
        retention.delete_expired()
        assert not RetentionRun.objects.filter(pk=old.pk).exists()


class TestPictures(Cast):
    def _pass(self, **time: int) -> None:
        Photo.objects.update(expires_at=timezone.now() - timedelta(**time))
        RetentionRun.objects.all().delete()
        retention.delete_expired()

    def test_p16_expired_photos_go_with_every_byte(self) -> None:
        photo = finished(self.guest)
        path = f"/r/{photo.links.get().token}/"
        self._pass(seconds=1)
        assert not Photo.objects.exists()
        assert not ShareLink.objects.exists()
        assert not list(storage.photo_ids())
        assert Client().get(path).status_code == 404

    def test_p16_others_stay(self) -> None:
        uploaded(self.guest)
        retention.delete_expired()
        assert Photo.objects.exists()

    def test_p16_guests_photos_live_a_day_and_members_thirty(self) -> None:
        for client, life in ((self.guest, timedelta(days=1)), (self.alice, timedelta(days=30))):
            expires = uploaded(client).expires_at
            assert abs(expires - timezone.now() - life) < timedelta(minutes=1)

    def test_one_that_cannot_be_deleted_keeps_no_other_alive(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stuck, other = uploaded(self.guest), uploaded(self.guest)
        delete = storage.delete_folder

        def half_broken(photo_id: object) -> None:
            if photo_id == stuck.pk:
                raise OSError("read-only")
            delete(other.pk)

        monkeypatch.setattr(storage, "delete_folder", half_broken)
        self._pass(seconds=1)
        assert list(Photo.objects.all()) == [stuck]
        assert not RetentionRun.objects.get(rule="photos").is_complete

    def test_p14_expired_links_leave_no_row(self) -> None:
        finished(self.alice)
        ShareLink.objects.update(expires_at=timezone.now())
        retention.delete_expired()
        assert not ShareLink.objects.exists()
        assert Photo.objects.exists()

    def test_files_of_an_upload_that_was_killed_are_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo = uploaded(self.guest)
        Photo.objects.all().delete()
        retention.delete_expired()
        assert storage.names_of(photo.pk), "too young: it may be an upload under way"
        monkeypatch.setattr("images.storage.is_older", lambda *_: True)
        RetentionRun.objects.all().delete()
        retention.delete_expired()
        assert not storage.names_of(photo.pk)
