"""/admin/images/galleryentry/: staff choose from what owners have agreed to, and add nothing (P13)."""

from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from images.access.models import ImageAccess
from images.gallery import services
from images.gallery.models import GalleryEntry, GalleryEvent
from tests.base import Cast, finished, staff
from tests.images.gallery.steps import CHOICES, agree, choose, withdraw


class TestChoosing(Cast):
    def _offered(self) -> GalleryEntry:
        agree(self.alice, finished(self.alice))
        return GalleryEntry.objects.get()

    def test_p13_only_what_was_agreed_to_can_be_chosen(self) -> None:
        finished(self.bob)
        entry, sara = self._offered(), staff()
        page = sara.get(CHOICES)
        assert [each.pk for each, _shot in page.context["choices"]] == [entry.pk]

    def test_it_is_shown_and_taken_out_again(self) -> None:
        entry, sara = self._offered(), staff()
        choose(sara, entry)
        assert str(entry.pk) in Client().get("/gallery/").content.decode()
        assert str(entry.pk) in sara.get(f"{CHOICES}?shown").content.decode()
        choose(sara, entry, "take-down")
        assert "Nothing here yet" in Client().get("/gallery/").content.decode()
        kinds = list(GalleryEvent.objects.values_list("kind", flat=True))
        assert kinds == ["agreed", "shown", "taken-down"]
        assert LogEntry.objects.filter(object_id=str(entry.pk)).count() == 2

    def test_a_second_click_says_that_nothing_was_changed(self) -> None:
        entry, sara = self._offered(), staff()
        choose(sara, entry)
        page = sara.get(choose(sara, entry)["Location"]).content.decode()
        assert "Nothing was changed" in page
        assert GalleryEvent.objects.filter(kind="shown").count() == 1

    def test_of_two_clicks_at_once_the_row_itself_lets_one_through(self) -> None:
        """A condition in a query within the UPDATE would not be asked again by who has waited."""
        entry = self._offered()
        with CaptureQueriesContext(connection) as queries:
            services.show(entry.pk)
        (update,) = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
        assert '"images_galleryentry"."shown_at" IS NULL' in update

    def test_p13_withdrawn_a_moment_ago_is_not_shown(self) -> None:
        entry, sara = self._offered(), staff()
        withdraw(self.alice, entry.photo)
        choose(sara, entry)
        assert not GalleryEntry.objects.exists()
        assert sara.get(f"{CHOICES}{entry.pk}/files/before.webp").status_code == 404

    def test_p13_staff_cannot_add_or_change_one(self) -> None:
        entry, sara = self._offered(), staff()
        assert sara.get(f"{CHOICES}add/").status_code == 403
        assert sara.post(f"{CHOICES}add/", {"photo": str(finished(self.bob).pk)}).status_code == 403
        assert sara.post(f"{CHOICES}{entry.pk}/delete/").status_code == 403
        assert sara.post(f"{CHOICES}{entry.pk}/change/", {"credit": "x"}).status_code == 302
        assert GalleryEntry.objects.get().credit == ""

    def test_p13_the_pictures_are_part_of_the_consent_and_no_others(self) -> None:
        entry, sara = self._offered(), staff()
        other = finished(self.alice)
        assert sara.get(f"{CHOICES}{entry.pk}/files/before.webp").status_code == 200
        assert sara.get(f"{CHOICES}{other.pk}/files/before.webp").status_code == 404
        assert not ImageAccess.objects.exists()

    def test_nobody_else_chooses_or_looks(self) -> None:
        entry = self._offered()
        for client in (self.alice, self.guest):
            assert client.get(f"{CHOICES}{entry.pk}/files/before.webp").status_code == 302
            assert choose(client, entry).status_code == 302
        assert GalleryEntry.objects.get().shown_at is None
