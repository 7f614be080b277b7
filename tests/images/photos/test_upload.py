"""POST /: photos come in."""

import errno
import gzip
import io
import zlib
from typing import Any

import pytest
from django.core import signing
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from PIL import Image

from images import storage
from images.batches.models import Batch
from images.photos import guests
from images.photos.models import Photo
from images.work.models import Cutout
from tests.base import Cast, disc, full_disk, upload, upload_file, uploaded


def _image(format: str, size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "navy").save(buffer, format, **options)
    return buffer.getvalue()


def _animation() -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def _header_of(width: int, height: int) -> bytes:
    """A PNG whose header promises more than the file holds."""
    data = bytearray(_image("PNG"))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


_SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'

REFUSED = [
    pytest.param(b"", "photo.jpg", "empty", id="empty"),
    pytest.param(b"just words", "words.jpg", "not a picture", id="text named jpg"),
    pytest.param(_SVG, "drawing.svg", "SVG drawing", id="svg"),
    pytest.param(gzip.compress(_SVG), "drawing.svgz", "SVG drawing", id="svgz"),
    pytest.param(_animation(), "dance.gif", "more than one picture", id="animation"),
    pytest.param(_header_of(10_000, 6_000), "big.png", "60", id="60 megapixels"),
    pytest.param(_header_of(200_000, 200_000), "bomb.png", "pixels", id="bomb"),
    pytest.param(_image("PNG")[:20], "cut.png", "picture", id="cut in the header"),
]


class TestUpload(Cast):
    def test_one_photo_leads_to_its_page(self) -> None:
        response = upload(self.guest)
        photo = Photo.objects.get()
        assert response.url == f"/photos/{photo.pk}/"
        assert photo.cutout.status == Cutout.Status.QUEUED
        assert default_storage.exists(photo.file)

    def test_several_photos_are_a_batch(self) -> None:
        response = upload(self.guest, upload_file(), upload_file())
        assert response.url == f"/batches/{Batch.objects.get().pk}/"
        assert Photo.objects.count() == 2

    def test_one_photo_does_not_wait_for_somebody_elses_many(self) -> None:
        upload(self.guest, upload_file(), upload_file())
        single = uploaded(self.bob)
        assert Cutout.objects.waiting().first() == single.cutout

    def test_the_script_gets_the_address_instead_of_a_redirect(self) -> None:
        data = {"photos": [upload_file()], "submission": guests.ticket()}
        response = self.guest.post("/", data, headers={"X-Requested-With": "XMLHttpRequest"})
        assert response.status_code == 201
        assert response["Location"] == f"/photos/{Photo.objects.get().pk}/"

    def test_a_member_owns_what_she_sends(self) -> None:
        photo = uploaded(self.alice)
        assert photo.owner is not None
        assert photo.owner.username == "alice"
        assert photo.guest is None

    @pytest.mark.parametrize(("data", "name", "words"), REFUSED)
    def test_a_bad_file_gets_a_sentence_and_leaves_nothing(self, data: bytes, name: str, words: str) -> None:
        response = upload(self.guest, upload_file(data, name))
        assert response.status_code == 422
        assert words in response.content.decode()
        assert not Photo.objects.exists()
        assert not list(storage.photo_ids())

    def test_the_page_of_a_refusal_can_be_sent_again(self) -> None:
        page = upload(self.guest, upload_file(b"", "empty.jpg"), visibility="private")
        form = page.context["form"]
        assert form["visibility"].value() == "private"
        again = upload(self.guest, submission=form["submission"].value())
        assert again.status_code == 302

    @override_settings(MAX_UPLOAD_MB=1)
    def test_a_file_over_the_limit_names_both_sizes(self) -> None:
        response = upload(self.guest, upload_file(disc() + bytes(1_700_000), "huge.png"))
        assert "2 MB" in response.content.decode()
        assert "at most 1 MB" in response.content.decode()

    def test_good_files_are_kept_beside_a_bad_one(self) -> None:
        upload(self.guest, upload_file(), upload_file(b"words", "words.txt"))
        assert Photo.objects.count() == 1
        page = self.guest.get("/photos/").content.decode()
        assert "words.txt" in page
        assert "words.txt" not in self.guest.get("/photos/").content.decode()

    def test_nothing_chosen(self) -> None:
        ticket = upload(self.guest, upload_file(b"")).context["form"]["submission"].value()
        response = self.guest.post("/", {"submission": ticket})
        assert "choose at least one" in response.content.decode()

    @override_settings(MAX_FILES_PER_UPLOAD=2)
    def test_too_many_at_once(self) -> None:
        response = upload(self.guest, *(upload_file() for _ in range(3)))
        assert "at most 2 photos" in response.content.decode()
        assert not Photo.objects.exists()

    @override_settings(MAX_WAITING_PER_PERSON=1)
    def test_too_many_waiting(self) -> None:
        uploaded(self.guest)
        assert "may wait at once (1)" in upload(self.guest).content.decode()

    @override_settings(MAX_PHOTOS_PER_MINUTE=2)
    def test_a_flood_from_one_address_is_slowed_down(self) -> None:
        answers = [upload(Client()) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [302, 302, 429]
        assert answers[2]["Retry-After"] == "60"

    @override_settings(MAX_UPLOAD_MB=1, MAX_FILES_PER_UPLOAD=1)
    def test_an_endless_body_is_not_read_to_its_end(self) -> None:
        response = upload(self.guest, upload_file(bytes(5_000_000), "endless.png"))
        assert response.status_code == 422
        assert not Photo.objects.exists()

    def test_a_name_full_of_tricks_is_only_text(self) -> None:
        photo = uploaded(self.guest, file=upload_file(name="../../<b>x\u202e</b>.png"))
        assert "\u202e" not in photo.name
        assert "<b>" not in self.guest.get(f"/photos/{photo.pk}/").content.decode()


class TestCookies(Cast):
    def test_who_only_reads_keeps_no_cookie_beyond_the_visit(self) -> None:
        cookies = Client().get("/").cookies
        assert list(cookies) == ["csrftoken"]
        assert not cookies["csrftoken"]["max-age"]

    def test_a_guest_is_known_by_the_session_alone(self) -> None:
        uploaded(self.guest)
        assert list(self.guest.cookies) == ["sessionid"]
        assert self.guest.cookies["sessionid"]["httponly"]


class TestTwoClicks(Cast):
    def test_the_second_click_finds_the_first_ones_photo(self) -> None:
        file, ticket = disc(), guests.ticket()
        first = upload(self.guest, upload_file(file), submission=ticket)
        second = upload(self.guest, upload_file(file), submission=ticket)
        assert first.url == second.url
        assert Cutout.objects.count() == 1

    def test_a_first_time_visitor_becomes_one_guest(self) -> None:
        file, ticket = disc(), guests.ticket()
        upload(Client(), upload_file(file), submission=ticket)
        late = Client()
        response = upload(late, upload_file(file), submission=ticket)
        assert Photo.objects.count() == 1
        assert late.get(response.url).status_code == 200

    def test_another_photo_from_the_same_page_is_another_photo(self) -> None:
        ticket = guests.ticket()
        upload(self.guest, upload_file(), submission=ticket)
        upload(self.guest, upload_file(), submission=ticket)
        assert Photo.objects.count() == 2

    def test_a_ticket_of_another_is_no_way_into_his_photos(self) -> None:
        ticket = guests.ticket()
        theirs = uploaded(self.guest, submission=ticket)
        upload(self.bob, submission=ticket)
        assert self.bob.get(f"/photos/{theirs.pk}/").status_code == 404

    def test_a_forged_ticket_is_refused(self) -> None:
        response = upload(self.guest, submission=signing.dumps(["a", "b"], salt="other"))
        assert "open for too long" in response.content.decode()


class TestFullDisk(Cast):
    def test_the_store_is_full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        full_disk(monkeypatch)
        response = upload(self.guest)
        assert "no room left" in response.content.decode()
        assert not Photo.objects.exists()
        assert not list(storage.photo_ids())

    def test_the_temporary_folder_is_full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Full(io.BytesIO):
            def write(self, data: Any) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("images.photos.receiving.tempfile.SpooledTemporaryFile", lambda **_: Full())
        assert "no room left" in upload(self.guest).content.decode()
        assert not Photo.objects.exists()


class TestFirstPicture(Cast):
    def test_animation_is_refused_with_an_offer(self) -> None:
        page = upload(self.guest, upload_file(_animation(), "a.gif"))
        assert 'name="first_frame"' in page.content.decode()
        assert not Photo.objects.exists()

    def test_it_is_taken_for_who_wants_it(self) -> None:
        upload(self.guest, upload_file(_animation(), "a.gif"), first_frame="on")
        assert Photo.objects.get().format == "GIF"

    def test_joined_emoji_in_a_name_stay_whole(self) -> None:
        upload(self.guest, upload_file(_image("PNG"), "👨\u200d👩\u200d👧\u202e.png"))
        assert Photo.objects.get().name == "👨\u200d👩\u200d👧.png"
