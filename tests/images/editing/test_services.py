"""Renditions found again, edits saved by two tabs, versions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from images import storage
from images.editing import jobs, services
from images.editing.models import Edit, Rendition, Version
from images.editing.retention import _delete_unused
from images.engine.edits.recipe import Recipe
from images.engine.errors import BadRecipe
from images.photos.models import Photo
from images.work.models import Cutout
from tests.base import Cast, finished
from tests.images.editing.steps import BLUE, RED, recipe, requested


class TestRequest(Cast):
    def test_the_same_recipe_is_made_once(self) -> None:
        photo = finished(self.alice)
        first = requested(photo, **RED)
        assert requested(photo, **RED) == first
        assert jobs.process_next()
        assert not jobs.process_next()
        assert requested(photo, **RED).is_done

    def test_another_recipe_is_another_file(self) -> None:
        photo = finished(self.alice)
        assert requested(photo, **RED) != requested(photo, **BLUE)

    def test_of_another_photo(self) -> None:
        mine, other = finished(self.alice), finished(self.alice)
        with pytest.raises(BadRecipe) as caught:
            requested(mine, cutout=str(other.cutout.pk))
        assert caught.value.code == "recipe_other_photo"

    def test_of_another_version_of_the_weights(self) -> None:
        with pytest.raises(BadRecipe) as caught:
            requested(finished(self.alice), weights="ab" * 32)
        assert caught.value.code == "recipe_other_weights"

    def test_what_somebody_waits_for_overtakes_a_batch(self) -> None:
        photo = finished(self.alice)
        slow, quick = recipe(**RED), recipe(**BLUE)
        services.request(photo, slow, queue=Rendition.Queue.BULK)
        services.request(photo, quick, queue=Rendition.Queue.BULK)
        services.request(photo, quick)
        jobs.process_next()
        assert services.request(photo, quick).is_done

    def test_a_failure_for_good_is_not_tried_again(self) -> None:
        photo = finished(self.alice)
        crop = {"place": {"crop": [5000, 5000, 6000, 6000]}}
        requested(photo, **crop)
        jobs.process_next()
        again = requested(photo, **crop)
        assert (again.status, again.error_code) == (Rendition.Status.FAILED, "crop_outside")

    def test_a_failure_that_may_have_passed_is(self) -> None:
        photo = finished(self.alice)
        requested(photo, **RED)
        minute_ago = timezone.now() - timedelta(seconds=61)
        Rendition.objects.update(
            status=Rendition.Status.FAILED, error_code="storage_full", finished_at=minute_ago
        )
        assert requested(photo, **RED).status == Rendition.Status.QUEUED
        jobs.process_next()
        assert requested(photo, **RED).is_done

    def test_but_not_before_somebody_could_be_told(self) -> None:
        photo = finished(self.alice)
        requested(photo, **RED)
        Rendition.objects.update(
            status=Rendition.Status.FAILED, error_code="too_slow", finished_at=timezone.now()
        )
        assert requested(photo, **RED).status == Rendition.Status.FAILED
        assert not jobs.process_next()

    def test_a_photo_deleted_meanwhile(self) -> None:
        photo = finished(self.alice)
        stale = Photo.objects.select_related("cutout").get(pk=photo.pk)
        self.alice.post(f"/photos/{photo.pk}/delete/")
        with pytest.raises(Photo.DoesNotExist):
            requested(stale, **RED)

    def test_there_is_an_end_to_files_of_one_photo(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "MOST_RENDITIONS", 3)
        photo = finished(self.alice)
        for number in range(5):
            requested(photo, place={"canvas": {"longest": 50 + number}})
            jobs.process_next()
        requested(photo, **RED)
        assert Rendition.objects.filter(status=Rendition.Status.DONE).count() == 3
        assert len(storage.names_of(photo.pk)) == 4 + 2 * 3


class TestSave(Cast):
    def test_a_later_tab_is_told_and_overwrites_nothing(self) -> None:
        photo = finished(self.alice)
        first = services.save(photo, recipe(**RED), revision=0)
        services.save(photo, recipe(**BLUE), revision=first.revision)
        with pytest.raises(services.Outdated) as caught:
            services.save(photo, recipe(), revision=first.revision)
        assert caught.value.edit.revision == 2
        assert services.current(photo) == recipe(**BLUE)

    def test_what_is_sent_once_more_is_no_other_tab(self) -> None:
        photo = finished(self.alice)
        first = services.save(photo, recipe(**RED), revision=0)
        assert services.save(photo, recipe(**RED), revision=0) == first
        services.save(photo, recipe(**BLUE), revision=first.revision)
        assert services.save(photo, recipe(**BLUE), revision=first.revision).revision == 2

    def test_nothing_new_is_no_change_for_another_tab(self) -> None:
        photo = finished(self.alice)
        first = services.save(photo, recipe(**RED), revision=0)
        assert services.save(photo, recipe(**RED), revision=first.revision) == first
        assert services.revision_of(photo) == first.revision
        assert services.save(photo, recipe(**BLUE), revision=first.revision).revision == 2

    def test_two_tabs_that_begin_at_once(self) -> None:
        photo = finished(self.alice)
        services.save(photo, recipe(**RED), revision=0)
        with pytest.raises(services.Outdated):
            services.save(photo, recipe(**BLUE), revision=0)

    def test_without_an_edit_it_is_the_plain_recipe(self) -> None:
        assert services.current(finished(self.alice)) == Recipe()

    def test_an_edit_without_marks_outlives_another_cut_out(self) -> None:
        photo = finished(self.alice)
        services.save(photo, recipe(weights=photo.cutout.weights_sha256, **RED), revision=0)
        Cutout.objects.update(weights_sha256="cd" * 32)
        assert services.current(Photo.objects.get(pk=photo.pk)) == recipe(**RED)

    def test_a_photo_deleted_while_its_editor_was_open(self) -> None:
        photo = finished(self.alice)
        edit = services.save(photo, recipe(**RED), revision=0)
        stale = Photo.objects.select_related("cutout").get(pk=photo.pk)
        self.alice.post(f"/photos/{photo.pk}/delete/")
        with pytest.raises(Photo.DoesNotExist):
            services.save(stale, recipe(**BLUE), revision=edit.revision)


class TestVersions(Cast):
    def test_they_are_numbered(self) -> None:
        photo = finished(self.alice)
        services.keep_version(photo, recipe(**RED), "For the shop")
        services.keep_version(photo, recipe(**BLUE))
        assert [version.label for version in photo.versions.all()] == ["Version 2", "For the shop"]

    def test_the_oldest_make_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "MOST_VERSIONS", 2)
        photo = finished(self.alice)
        for _ in range(4):
            services.keep_version(photo, recipe(**RED))
        assert [version.number for version in Version.objects.all()] == [4, 3]


class TestRetention(Cast):
    def test_what_nobody_asks_for_goes_and_can_be_made_again(self) -> None:
        photo = finished(self.alice)
        requested(photo, **RED)
        jobs.process_next()
        assert _delete_unused() == 0
        Rendition.objects.update(last_used_at=timezone.now() - timedelta(days=8))
        assert _delete_unused() == 1
        assert len(storage.names_of(photo.pk)) == 4
        requested(photo, **RED)
        assert jobs.process_next()

    def test_what_is_asked_for_again_stays(self) -> None:
        photo = finished(self.alice)
        requested(photo, **RED)
        jobs.process_next()
        Rendition.objects.update(last_used_at=timezone.now() - timedelta(days=8))
        requested(photo, **RED)
        assert _delete_unused() == 0

    def test_p16_everything_goes_with_the_photo(self) -> None:
        photo = finished(self.alice)
        services.save(photo, recipe(**RED), revision=0)
        services.keep_version(photo, recipe(**RED))
        requested(photo, **RED)
        jobs.process_next()
        self.alice.post(f"/photos/{photo.pk}/delete/")
        assert not list(storage.photo_ids())
        assert not any(model.objects.exists() for model in (Edit, Version, Rendition))
