"""My photos as a workspace: found again, several at once, everything gone in one step."""

import io
import zipfile
from typing import Any

import pytest
from django.test import override_settings

from images import storage
from images.batches import tasks
from images.batches.models import Batch, Item
from images.editing import services as editing
from images.engine.edits import recipe as recipes
from images.photos.models import Photo
from images.sharing.models import ShareLink
from images.work.models import Cutout
from tests.base import Cast, body, disc, finished, upload_file, uploaded
from tests.images.batches.steps import create, filled


class TestFinding(Cast):
    def _names(self, query: str) -> set[str]:
        return {photo.name for photo in self.alice.get(f"/photos/{query}").context["page"].rows}

    @pytest.fixture(autouse=True)
    def _photos(self, _cast: None) -> None:
        for name in ("Red shoe.png", "blue shoe.png", "hat.png"):
            uploaded(self.alice, file=upload_file(name=name))
        uploaded(self.bob, file=upload_file(name="bob's shoe.png"))

    def test_by_a_part_of_the_name(self) -> None:
        assert self._names("?q=SHOE") == {"Red shoe.png", "blue shoe.png"}
        assert self._names("?q=%25") == set()

    def test_by_how_far_they_are(self) -> None:
        Cutout.objects.filter(photo__name="hat.png").update(status=Cutout.Status.FAILED)
        Cutout.objects.filter(photo__name="Red shoe.png").update(status=Cutout.Status.DONE, confidence=0.1)
        assert self._names("?show=failed") == {"hat.png"}
        assert self._names("?show=look") == self._names("?show=done") == {"Red shoe.png"}
        assert self._names("?show=open") == {"blue shoe.png"}
        assert "chip-look" in self.alice.get("/photos/").content.decode()

    @pytest.mark.parametrize("query", ["?show=nonsense", "?q=" + "x" * 300, "?q=%00"])
    def test_what_is_no_question_finds_everything(self, query: str) -> None:
        assert len(self._names(query)) == 3

    def test_nothing_fits(self) -> None:
        page = self.alice.get("/photos/?q=nothing").content.decode()
        assert "No photo fits that." in page


class TestSeveral(Cast):
    def _act(self, do: str, *photos: Photo, **fields: str) -> Any:
        return self.alice.post("/photos/chosen/", {"photo": [str(p.pk) for p in photos], "do": do, **fields})

    def test_taken_along_as_one_archive(self) -> None:
        photos = [finished(self.alice, file=upload_file(name=name)) for name in ("a.png", "a.png")]
        response = self._act("download", *photos)
        with zipfile.ZipFile(io.BytesIO(body(self.alice.get(response.url)))) as found:
            assert found.namelist() == ["a.png", "a (2).png", "manifest.csv"]
            assert found.testzip() is None

    def test_moved_to_a_new_batch_and_from_there_to_another(self) -> None:
        photos = [finished(self.alice), finished(self.alice)]
        first = self._act("move", *photos)
        batch = Batch.objects.get()
        assert first.url == f"/batches/{batch.pk}/"
        other = filled(self.alice, 1)
        self._act("move", photos[0], batch=str(other.pk))
        assert set(other.items.values_list("fate", flat=True)) == {Item.Fate.WAITING, Item.Fate.READY}
        assert batch.items.get().photo == photos[1]

    def test_a_batch_of_somebody_else_is_no_place_for_them(self) -> None:
        theirs = filled(self.bob, 1)
        self._act("move", finished(self.alice), batch=str(theirs.pk))
        assert theirs.items.count() == 1

    @override_settings(MAX_FILES_PER_BATCH=2)
    def test_a_batch_that_is_full(self) -> None:
        full, photo = filled(self.alice, 2), finished(self.alice)
        self._act("move", photo, batch=str(full.pk))
        assert full.items.count() == 2
        assert "no room" in self.alice.get("/photos/").content.decode()

    def test_shared_by_a_link_each_and_only_once(self) -> None:
        photos, waiting = [finished(self.alice, visibility="private") for _ in range(2)], uploaded(self.alice)
        address = self._act("share", *photos, waiting).url
        assert self._act("share", *photos, waiting).url == address
        assert ShareLink.objects.count() == 2
        page = self.alice.get(address).content.decode()
        for link in ShareLink.objects.all():
            assert link.url is not None
            assert page.count(link.url) == 2
            assert self.guest.get(f"/r/{link.url.partition('/r/')[2]}").status_code == 200
        assert (
            "http" not in self.bob.get(address).content.decode().partition("<main")[2].partition("</main")[0]
        )

    def test_what_was_edited_since_gets_a_link_of_its_own(self) -> None:
        photo = finished(self.alice, visibility="private")
        self._act("share", photo)
        editing.save(photo, recipes.parse({"version": 1, "output": {"format": "webp"}}), revision=0)
        page = self.alice.get(self._act("share", photo).url).content.decode()
        assert ShareLink.objects.count() == 2
        newest = ShareLink.objects.latest("created_at")
        assert newest.recipe["output"] == {"format": "webp"}
        assert str(newest.url) in page

    def test_none_of_them_ready(self) -> None:
        assert self._act("share", uploaded(self.alice)).url == "/photos/"
        assert not ShareLink.objects.exists()

    def test_deleted_with_every_byte_and_link(self) -> None:
        photo, other = finished(self.alice), finished(self.alice)
        assert "1 photo goes" in self._act("delete", photo).content.decode()
        assert self.alice.get(f"/photos/{photo.pk}/").status_code == 200
        self._act("delete", photo, sure="yes")
        assert self.alice.get(f"/photos/{photo.pk}/").status_code == 404
        tasks.tidy()
        assert list(storage.photo_ids()) == [other.pk]
        assert ShareLink.objects.get().photo == other

    def test_p13_photos_of_somebody_else_are_none(self) -> None:
        theirs = finished(self.bob)
        for do in ("delete", "move", "download", "share"):
            assert self._act(do, theirs, sure="yes").url == "/photos/"
        assert self.alice.get(f"/photos/archive.zip?photo={theirs.pk.hex}").status_code == 404
        assert self.bob.get(f"/photos/{theirs.pk}/").status_code == 200
        assert not Item.objects.exists()

    @pytest.mark.parametrize("chosen", [[], ["x"], [""], ["'; DROP TABLE"]])
    def test_nothing_chosen(self, chosen: list[str]) -> None:
        response = self.alice.post("/photos/chosen/", {"photo": chosen, "do": "delete"}, follow=True)
        assert "at least one photo" in response.content.decode()


class TestEverything(Cast):
    def test_p16_everything_of_mine_goes_in_one_step(self) -> None:
        finished(self.alice)
        batch = filled(self.alice, 2)
        create(self.alice, batch, len(disc()), b"half", filename="half.png")
        theirs = finished(self.bob)
        assert "3 photos go" in self.alice.get("/photos/everything/").content.decode()
        assert Photo.objects.count() == 4
        self.alice.post("/photos/everything/")
        assert list(self.alice.get("/photos/").context["page"].rows) == []
        tasks.tidy()
        assert list(Photo.objects.all()) == [theirs]
        assert not Batch.objects.exists()
        assert list(storage.photo_ids()) == [theirs.pk]
