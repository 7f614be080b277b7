"""Presets and background pictures: a person's own, and nobody else's."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from images import storage
from images.editing import defaults, services
from images.editing.models import Ground, Preset, Rendition
from images.editing.retention import _delete_expired_grounds, _delete_orphans
from images.engine.edits.parts import Transparent
from images.engine.edits.recipe import Recipe, canonical
from images.engine.errors import BadRecipe
from images.photos import guests
from images.photos.models import Photo
from tests.base import Cast, body, disc, finished, full_disk, upload_file
from tests.images.editing.steps import BLUE, RED, recipe
from tests.images.engine.pictures import opened


def _add(
    client: Client, data: bytes | None = None, address: str = "/backgrounds/", headers: Any = None
) -> Any:
    image = io.BytesIO()
    Image.new("RGB", (60, 40), (0, 0, 255)).save(image, "PNG")
    file = upload_file(image.getvalue() if data is None else data, "beach.png")
    return client.post(address, {"photos": file, "submission": guests.ticket()}, headers=headers)


def _ground(client: Client) -> Ground:
    response = _add(client)
    assert response.status_code == 302, response.content.decode()
    return Ground.objects.latest("created_at")


def _download(photo: Photo, ground: Ground) -> str:
    return f"/photos/{photo.pk}/download/?ground=picture&picture={ground.pk}"


class TestGrounds(Cast):
    def test_a_picture_of_ones_own_behind_the_subject(self) -> None:
        photo, ground = finished(self.alice), _ground(self.alice)
        made = opened(body(self.alice.get(_download(photo, ground))))
        assert made.getpixel((2, 2)) == (0, 0, 255)

    def test_whoever_added_it_beside_a_photo_is_led_back_there(self) -> None:
        for wanted, target in (("/photos/", "/photos/"), ("//elsewhere.example/", "/backgrounds/")):
            response = _add(self.alice, address=f"/backgrounds/?back={wanted}")
            assert response["Location"] == target

    def test_a_script_gets_to_know_which_one_it_is(self) -> None:
        response = _add(self.alice, headers={"X-Requested-With": "XMLHttpRequest"})
        assert response.json() == {"id": str(Ground.objects.get().pk), "name": "beach.png"}
        refused = _add(self.alice, b"no picture", headers={"X-Requested-With": "XMLHttpRequest"})
        assert refused.status_code == 422
        assert refused.json()["sentence"]

    def test_guests_may_too(self) -> None:
        photo, ground = finished(self.guest), _ground(self.guest)
        assert opened(body(self.guest.get(_download(photo, ground)))).mode == "RGB"

    def test_somebody_elses_cannot_be_used(self) -> None:
        photo, ground = finished(self.alice), _ground(self.bob)
        assert self.alice.get(_download(photo, ground)).status_code == 400
        with pytest.raises(BadRecipe) as caught:
            services.request(photo, recipe(ground={"kind": "picture", "picture": str(ground.pk)}))
        assert caught.value.code == "no_ground"

    def test_somebody_elses_cannot_be_seen_or_deleted(self) -> None:
        ground = _ground(self.alice)
        assert body(self.alice.get(f"/backgrounds/{ground.pk}/file"))
        for other in (self.bob, self.guest):
            assert other.get(f"/backgrounds/{ground.pk}/file").status_code == 404
            assert other.post(f"/backgrounds/{ground.pk}/delete/").status_code == 404
            assert str(ground.pk) not in other.get("/backgrounds/").content.decode()

    def test_an_edit_outlives_its_picture(self) -> None:
        photo, ground = finished(self.alice), _ground(self.alice)
        part = {"op": "part", "at": [3, 4], "keep": False}
        edit = recipe(marks=[part], ground={"kind": "picture", "picture": str(ground.pk)})
        services.save(photo, edit, revision=0)
        self.alice.post(f"/backgrounds/{ground.pk}/delete/")
        found = services.current(photo)
        assert (found.marks, found.ground) == (edit.marks, Transparent())

    def test_p16_deleting_it_deletes_what_was_made_with_it(self) -> None:
        photo, ground = finished(self.alice), _ground(self.alice)
        body(self.alice.get(_download(photo, ground)))
        self.alice.post(f"/backgrounds/{ground.pk}/delete/")
        assert not Rendition.objects.exists()
        assert not list(storage.photo_ids(storage.GROUNDS))
        assert len(storage.names_of(photo.pk)) == 4

    def test_p16_it_expires_like_a_photo(self) -> None:
        _ground(self.alice)
        assert _delete_expired_grounds() == 0
        Ground.objects.update(expires_at=timezone.now())
        assert _delete_expired_grounds() == 1
        assert not list(storage.photo_ids(storage.GROUNDS))

    def test_a_file_without_a_row_goes(self) -> None:
        ground = _ground(self.alice)
        Ground.objects.all().delete()
        assert _delete_orphans() == 0
        assert storage.names_of(ground.pk, storage.GROUNDS)

    @pytest.mark.parametrize("data", [b"hello", b"", b"\x89PNG\r\n\x1a\n" + b"0" * 50])
    def test_what_is_no_picture_gets_a_sentence(self, data: bytes) -> None:
        response = _add(self.alice, data)
        assert response.status_code == 422
        assert b"field-error" in response.content

    def test_no_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        full_disk(monkeypatch)
        response = _add(self.alice)
        assert "no room left" in response.content.decode()
        assert not Ground.objects.exists()

    def test_there_is_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("images.editing.grounds.MOST_GROUNDS", 1)
        _ground(self.alice)
        assert _add(self.alice).status_code == 422

    def test_a_guests_follow_into_the_account(self) -> None:
        ground = _ground(self.guest)
        self.guest.force_login(User.objects.get(username="alice"))
        ground.refresh_from_db()
        assert ground.owner.username == "alice"
        assert ground.expires_at > timezone.now() + timedelta(days=2)

    def test_it_is_shown_as_it_was_sent(self) -> None:
        data = disc()
        _add(self.alice, data)
        assert body(self.alice.get(f"/backgrounds/{Ground.objects.get().pk}/file")) == data
        assert default_storage.exists(Ground.objects.get().file)


class TestPresets(Cast):
    def _keep(self, name: str = "Shop", **parts: object) -> Preset:
        data = {"recipe": json.dumps(canonical(recipe(**parts))), "name": name}
        assert self.alice.post("/presets/", data).status_code == 302
        return Preset.objects.get(name=name)

    def test_kept_without_what_is_of_one_photo(self) -> None:
        preset = self._keep(place={"crop": [0, 0, 50, 50], "rotate": 3}, **RED)
        assert preset.recipe == canonical(recipe(**RED))

    def test_the_same_name_keeps_the_newer(self) -> None:
        self._keep(**RED)
        self._keep(**BLUE)
        assert Preset.objects.get().recipe == canonical(recipe(**BLUE))

    def test_done_to_another_photo(self) -> None:
        preset, photo = self._keep(**RED), finished(self.alice)
        made = opened(body(self.alice.get(f"/photos/{photo.pk}/download/?preset={preset.pk}")))
        assert made.getpixel((0, 0)) == (255, 0, 0)

    def test_the_default_is_done_to_new_photos(self) -> None:
        preset = self._keep(**RED)
        self.alice.post(f"/presets/{preset.pk}/default/", {"on": "1"})
        photo = finished(self.alice)
        assert services.current(photo) == recipe(**RED)
        link = photo.links.get()
        assert opened(body(Client().get(f"/r/{link.token}/cutout.png"))).getpixel((0, 0)) == (255, 0, 0)

    def test_of_two_one_is_the_default(self) -> None:
        first, second = self._keep("One", **RED), self._keep("Two", **BLUE)
        for preset in (first, second):
            self.alice.post(f"/presets/{preset.pk}/default/", {"on": "1"})
        assert list(Preset.objects.filter(is_default=True)) == [second]
        self.alice.post(f"/presets/{second.pk}/default/")
        assert services.current(finished(self.alice)) == Recipe()

    def test_a_default_with_a_picture_that_is_gone_harms_no_photo(self) -> None:
        ground = {"kind": "picture", "picture": "11111111-2222-4333-8444-555555555555"}
        preset = self._keep(ground=ground)
        defaults.make_default(preset, is_default=True)
        assert services.current(finished(self.alice)) == Recipe()

    def test_nobody_elses(self) -> None:
        preset, photo = self._keep(**RED), finished(self.bob)
        assert self.bob.get(f"/photos/{photo.pk}/download/?preset={preset.pk}").status_code == 400
        for what in ("default", "delete"):
            assert self.bob.post(f"/presets/{preset.pk}/{what}/").status_code == 404

    def test_guests_are_asked_to_sign_in(self) -> None:
        assert self.guest.get("/presets/").status_code == 302

    def test_there_is_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(defaults, "MOST_PRESETS", 1)
        self._keep()
        response = self.alice.post("/presets/", {"recipe": json.dumps({"version": 1}), "name": "Two"})
        assert "Delete one first" in response.content.decode()
