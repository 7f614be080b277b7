"""/gallery/: pictures whose owners have agreed, and no others (promise P13)."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts import belongings
from accounts.models import User
from bgbegone.lib.appending import Appended
from images.editing import jobs as renditions
from images.editing import services as edits
from images.engine.edits import recipe as recipes
from images.gallery import services, views
from images.gallery.models import GalleryEntry, GalleryEvent
from images.gallery.wording import VERSION, WORDS
from images.photos.models import Photo
from images.photos.retention import delete_expired_photos
from images.work.models import Cutout
from tests.accounts.leaving.steps import closed, erased
from tests.base import Cast, body, finished
from tests.images.engine.pictures import is_near
from tests.images.gallery.steps import agree, withdraw


def _shown(client: Client, **fields: str) -> tuple[Photo, GalleryEntry]:
    photo = finished(client)
    agree(client, photo, **fields)
    entry = GalleryEntry.objects.get(photo=photo)
    assert services.show(entry.pk)
    return photo, entry


def _files(entry: GalleryEntry) -> list[str]:
    return [f"/gallery/{entry.pk}/{name}.webp" for name in ("before", "after")]


def _page() -> str:
    return Client().get("/gallery/").content.decode()


def _kinds() -> list[str]:
    return list(GalleryEvent.objects.values_list("kind", flat=True))


class TestConsent(Cast):
    def test_p13_nothing_is_ticked_and_nothing_shown_by_itself(self) -> None:
        photo = finished(self.alice)
        box = self.alice.get(f"/photos/{photo.pk}/").content.decode()
        box = box[box.index('name="agrees"') :].partition(">")[0]
        assert "checked" not in box
        assert "Nothing here yet" in _page()

    def test_p13_without_the_tick_nothing_is_agreed_to(self) -> None:
        photo = finished(self.alice)
        page = agree(self.alice, photo, agrees="")
        assert page.status_code == 422
        assert "unless you tick the box" in page.content.decode()
        assert not GalleryEntry.objects.exists()

    def test_p13_the_very_words_are_kept_with_version_and_time(self) -> None:
        photo = finished(self.alice)
        assert str(WORDS) in self.alice.get(f"/photos/{photo.pk}/").content.decode()
        agree(self.alice, photo)
        event = GalleryEvent.objects.get()
        assert (event.kind, event.wording, event.words) == ("agreed", VERSION, str(WORDS))
        assert timezone.now() - event.happened_at < timedelta(minutes=1)

    def test_words_that_have_changed_are_to_be_read_again(self) -> None:
        photo = finished(self.alice)
        page = agree(self.alice, photo, wording="2020-01").content.decode()
        assert "read them once more" in page
        assert not GalleryEntry.objects.exists()

    def test_p13_no_step_can_be_changed_or_taken_back(self) -> None:
        agree(self.alice, finished(self.alice))
        event = GalleryEvent.objects.get()
        for change in (event.save, event.delete, GalleryEvent.objects.all().delete):
            with pytest.raises(Appended):
                change()

    def test_two_clicks_are_one_consent(self) -> None:
        photo = finished(self.alice)
        agree(self.alice, photo)
        key = GalleryEntry.objects.get().pk
        agree(self.alice, photo)
        assert GalleryEntry.objects.get().pk == key
        assert _kinds() == ["agreed"]

    def test_only_the_owner_agrees_and_withdraws(self) -> None:
        photo, _entry = _shown(self.alice)
        other = finished(self.alice)
        assert agree(self.bob, other).status_code == 404
        assert withdraw(self.bob, photo).status_code == 404
        assert agree(self.guest, other).status_code == 302
        assert GalleryEntry.objects.count() == 1

    def test_a_photo_that_is_deleted_at_this_very_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo = finished(self.alice)

        def own(*_args: object) -> Photo:
            Photo.objects.filter(pk=photo.pk).delete()
            return photo

        monkeypatch.setattr(views, "own_photo", own)
        assert agree(self.alice, photo).status_code == 404

    def test_guests_are_not_asked(self) -> None:
        photo = finished(self.guest)
        assert "public gallery" not in self.guest.get(f"/photos/{photo.pk}/").content.decode()


class TestWithdrawing(Cast):
    def test_p13_withdrawn_consent_removes_the_picture_at_the_next_request(self) -> None:
        photo, entry = _shown(self.alice)
        assert str(entry.pk) in _page()
        visitor = Client()
        tags = [visitor.get(address)["ETag"] for address in _files(entry)]
        withdraw(self.alice, photo)
        assert str(entry.pk) not in _page()
        for address, tag in zip(_files(entry), tags, strict=True):
            assert visitor.get(address).status_code == 404
            assert visitor.get(address, headers={"if-none-match": tag}).status_code == 404

    def test_p13_no_cache_answers_without_asking(self) -> None:
        _photo, entry = _shown(self.alice)
        for address in ("/gallery/", *_files(entry)):
            answer = Client().get(address)
            assert answer["Cache-Control"] == "private, no-cache"
        again = Client().get(address, headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304
        assert again["Cache-Control"] == "private, no-cache"

    def test_no_search_engine_keeps_a_copy(self) -> None:
        _photo, entry = _shown(self.alice)
        for address in ("/gallery/", *_files(entry)):
            assert "noindex" in Client().get(address)["X-Robots-Tag"]
        assert "gallery" not in Client().get("/sitemap.xml").content.decode()

    def test_a_new_consent_has_a_new_address_and_waits_for_staff(self) -> None:
        photo, entry = _shown(self.alice)
        withdraw(self.alice, photo)
        agree(self.alice, photo)
        assert GalleryEntry.objects.get().pk != entry.pk
        assert "Nothing here yet" in _page()
        assert _kinds() == ["agreed", "shown", "withdrawn", "agreed"]

    def test_withdrawing_twice_is_harmless(self) -> None:
        photo, _entry = _shown(self.alice)
        assert [withdraw(self.alice, photo).status_code for _ in range(2)] == [302, 302]
        assert _kinds().count("withdrawn") == 1

    def test_p13_whoever_closes_the_account_leaves_the_gallery(self) -> None:
        _shown(self.alice)
        closed("alice")
        assert "Nothing here yet" in _page()

    def test_a_locked_account_shows_nothing(self) -> None:
        _photo, entry = _shown(self.alice)
        type(entry.photo.owner).objects.update(is_active=False)
        assert "Nothing here yet" in _page()
        assert Client().get(_files(entry)[0]).status_code == 404


class TestGoing(Cast):
    """A photo in the gallery is kept no longer than any other."""

    def test_its_owner_is_told_when_it_leaves(self) -> None:
        photo, _entry = _shown(self.alice)
        page = self.alice.get(f"/photos/{photo.pk}/").content.decode()
        assert "leaves the gallery when the photo is deleted" in page

    def test_p13_what_is_over_is_not_shown_even_before_it_is_deleted(self) -> None:
        _photo, entry = _shown(self.alice)
        Photo.objects.update(expires_at=timezone.now())
        assert "Nothing here yet" in _page()
        assert Client().get(_files(entry)[1]).status_code == 404

    @pytest.mark.parametrize("is_by_owner", [True, False])
    def test_p16_a_deleted_photo_leaves_it_and_only_the_note_stays(self, is_by_owner: bool) -> None:
        photo, _entry = _shown(self.alice)
        if is_by_owner:
            self.alice.post(f"/photos/{photo.pk}/delete/")
        else:
            Photo.objects.update(expires_at=timezone.now())
            delete_expired_photos()
        assert not GalleryEntry.objects.exists()
        assert _kinds()[-1] == "deleted"


class TestWhatIsShown(Cast):
    def _edit(self, photo: Photo, colour: str, revision: int = 0) -> None:
        recipe = recipes.parse({"version": 1, "ground": {"kind": "colour", "colour": colour}})
        edits.save(photo, recipe, revision=revision)

    def _corner(self, address: str) -> object:
        return Image.open(io.BytesIO(body(Client().get(address)))).convert("RGBA").getpixel((0, 0))

    def test_before_and_after_under_a_slider(self) -> None:
        _photo, entry = _shown(self.alice)
        page = _page()
        assert 'type="range"' in page
        assert all(address in page for address in _files(entry))
        sizes = {Image.open(io.BytesIO(body(Client().get(address)))).size for address in _files(entry)}
        assert sizes == {(120, 80)}

    def test_the_version_that_was_agreed_to_whatever_is_done_later(self) -> None:
        photo = finished(self.alice)
        self._edit(photo, "#ff0000")
        agree(self.alice, photo)
        entry = GalleryEntry.objects.get()
        services.show(entry.pk)
        self._edit(photo, "#0000ff", 1)
        _page()
        renditions.process_next()
        assert is_near(self._corner(_files(entry)[1]), (255, 0, 0, 255))  # type: ignore[arg-type]
        assert "changed the picture since" in self.alice.get(f"/photos/{photo.pk}/").content.decode()

    def test_one_that_is_still_being_made_is_left_out(self) -> None:
        photo = finished(self.alice)
        self._edit(photo, "#ff0000")
        agree(self.alice, photo)
        services.show(GalleryEntry.objects.get().pk)
        assert 'type="range"' not in _page()
        renditions.process_next()
        assert 'type="range"' in _page()

    def test_p13_a_cut_out_made_anew_was_not_agreed_to(self) -> None:
        photo, entry = _shown(self.alice)
        Cutout.objects.filter(photo=photo).update(file="photos/another.png")
        assert "Nothing here yet" in _page()
        assert Client().get(_files(entry)[1]).status_code == 404

    def test_p13_no_name_unless_wanted(self) -> None:
        _shown(self.alice)
        page = _page()
        assert "alice" not in page
        assert "disc" not in page

    def test_a_name_that_is_wanted(self) -> None:
        _shown(self.alice, credit="A. <b>Archer</b>\x07")
        assert "<bdi>A. &lt;b&gt;Archer&lt;/b&gt;</bdi>" in _page()

    @pytest.mark.parametrize("name", ["original.png", "before.png", "..", "x" * 300])
    def test_other_files_are_not_there(self, name: str) -> None:
        _photo, entry = _shown(self.alice)
        assert Client().get(f"/gallery/{entry.pk}/{name}").status_code == 404

    def test_p13_the_key_of_the_photo_opens_nothing(self) -> None:
        photo, _entry = _shown(self.alice)
        assert str(photo.pk) not in _page()
        assert Client().get(f"/gallery/{photo.pk}/before.webp").status_code == 404

    def test_one_question_to_the_database_for_a_page(
        self, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
    ) -> None:
        for _ in range(3):
            _shown(self.alice)
        with django_assert_num_queries(1):
            assert _page().count('type="range"') == 3

    def test_looking_writes_nothing(self) -> None:
        photo = finished(self.alice)
        self._edit(photo, "#ff0000")
        agree(self.alice, photo)
        entry = GalleryEntry.objects.get()
        services.show(entry.pk)
        _page()
        renditions.process_next()
        with CaptureQueriesContext(connection) as queries:
            assert 'type="range"' in _page()
            body(Client().get(_files(entry)[1]))
        assert {query["sql"].partition(" ")[0] for query in queries} == {"SELECT"}


class TestTakingAlong(Cast):
    def test_p16_consents_and_their_words_are_in_the_package(self) -> None:
        _shown(self.alice, credit="A. Archer")
        alice = User.objects.get(username="alice")
        facts = {rows.model: rows.facts() for rows in belongings.rows_of(alice)}
        assert [row["credit"] for row in facts[GalleryEntry]] == ["A. Archer"]
        assert [row["words"] for row in facts[GalleryEvent]] == [str(WORDS), ""]

    def test_p16_erasing_the_account_leaves_nothing(self) -> None:
        _shown(self.alice)
        erased("alice")
        assert not GalleryEntry.objects.exists()
        assert not GalleryEvent.objects.exists()
