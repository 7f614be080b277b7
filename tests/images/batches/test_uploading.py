"""tus 1.0 at /batches/…/uploads/: what the protocol says, and what bad clients do."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.utils import timezone

from images import storage
from images.batches import arrivals, pieces, retention, services
from images.batches.models import Batch, Item, Upload
from images.photos.models import Photo
from images.work.models import Cutout
from tests.base import Cast, disc, full_disk
from tests.images.batches import steps
from tests.images.batches.steps import begun, create, entry, head, patch, sent

Fate = Item.Fate


class _Batches(Cast):
    batch: Batch

    @pytest.fixture(autouse=True)
    def _batch(self, _cast: None) -> None:
        self.batch, _plan = begun(self.alice, entry("announced.png", b"x" * 99))

    def _upload(self, data: bytes, **metadata: str) -> str:
        response = create(self.alice, self.batch, len(data), None, **{"filename": "a.png", **metadata})
        assert response.status_code == 201, response.content
        address: str = response["Location"]
        return address


class TestProtocol(_Batches):
    def test_options_tell_what_is_spoken_here(self) -> None:
        response = self.alice.options(f"/batches/{self.batch.pk}/uploads/")
        assert response.status_code == 204
        assert response["Tus-Version"] == "1.0.0"
        assert "creation-with-upload,termination,expiration,checksum" in response["Tus-Extension"]
        assert "sha1" in response["Tus-Checksum-Algorithm"]
        assert int(response["Tus-Max-Size"]) == 30_000_000

    def test_a_file_comes_in_pieces(self) -> None:
        data = disc()
        address = self._upload(data)
        first = patch(self.alice, address, 0, data[:100])
        assert (first.status_code, first["Upload-Offset"]) == (204, "100")
        assert first["Upload-Expires"].endswith("GMT")
        stands = head(self.alice, address)
        assert (stands["Upload-Offset"], stands["Upload-Length"]) == ("100", str(len(data)))
        assert stands["Cache-Control"] == "no-store"
        assert stands["Upload-Metadata"].startswith("filename ")
        assert patch(self.alice, address, 100, data[100:]).status_code == 204
        photo = Photo.objects.get()
        assert default_storage.open(photo.file).read() == data
        assert photo.cutout.queue == Cutout.Queue.BULK
        assert photo.item.fate == Fate.WAITING

    def test_a_small_file_comes_with_the_request_that_creates_it(self) -> None:
        data = disc()
        response = create(self.alice, self.batch, len(data), data, filename="small.png")
        assert (response.status_code, response["Upload-Offset"]) == (201, str(len(data)))
        assert Photo.objects.get().sha256

    def test_nothing_of_the_pieces_stays_behind(self) -> None:
        sent(self.alice, self.batch)
        assert pieces.uploads_in_store() == []

    def test_a_finished_upload_still_says_where_it_stands(self) -> None:
        address = sent(self.alice, self.batch)
        assert head(self.alice, address)["Upload-Offset"] == head(self.alice, address)["Upload-Length"]

    def test_folders_are_kept(self) -> None:
        data = disc()
        create(self.alice, self.batch, len(data), data, filename="a.png", relativePath="shoes/red/a.png")
        item = Item.objects.get(photo__isnull=False)
        assert (item.folder, item.name, item.photo.name) == ("shoes/red", "a.png", "a.png")

    def test_a_network_without_patch_uses_post(self) -> None:
        data = disc()
        headers = {**steps.TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
        response = self.alice.post(self._upload(data), data, content_type=steps.BYTES, headers=headers)
        assert response.status_code == 204

    def test_an_upload_that_is_ended_leaves_nothing(self) -> None:
        data = disc()
        address = self._upload(data)
        patch(self.alice, address, 0, data[:50])
        assert self.alice.delete(address, headers=steps.TUS).status_code == 204
        assert head(self.alice, address).status_code == 404
        assert pieces.uploads_in_store() == []
        assert Item.objects.get(path="a.png").fate == Fate.LEFT_OUT


class TestRefusals(_Batches):
    def test_another_version(self) -> None:
        response = self.alice.head(self._upload(disc()), headers={"Tus-Resumable": "0.2.2"})
        assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")

    def test_a_page_of_another_site_cannot_send_the_header_that_is_asked_for(self) -> None:
        """The browser asks first whether it may, and is not told so."""
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = self.alice.cookies
        assert strict.delete(self._upload(disc())).status_code == 412
        asked = strict.options(
            self._upload(disc(), filename="b.png"), headers={"Origin": "https://evil.example"}
        )
        assert "Access-Control-Allow-Origin" not in asked

    @pytest.mark.parametrize("length", ["", "-1", "1.5", "ten", "9" * 30, "٣"])
    def test_a_length_that_is_no_number(self, length: str) -> None:
        headers = {**steps.TUS, "Upload-Length": length.encode().decode("latin-1")}
        response = self.alice.post(f"/batches/{self.batch.pk}/uploads/", headers=headers)
        assert response.status_code == 400
        assert "whole number" in response.content.decode()

    def test_a_length_that_comes_later(self) -> None:
        headers = {**steps.TUS, "Upload-Defer-Length": "1"}
        assert self.alice.post(f"/batches/{self.batch.pk}/uploads/", headers=headers).status_code == 400

    @override_settings(MAX_UPLOAD_MB=1)
    def test_a_file_over_the_limit(self) -> None:
        response = create(self.alice, self.batch, 1_000_001, filename="huge.png")
        assert response.status_code == 413
        assert "1 MB" in response.content.decode()

    def test_an_empty_file(self) -> None:
        assert create(self.alice, self.batch, 0, filename="empty.png").status_code == 400

    @pytest.mark.parametrize("header", ["filename %%%", "filename /w==", "a " + "A" * 9000])
    def test_metadata_that_cannot_be_read(self, header: str) -> None:
        headers = {**steps.TUS, "Upload-Length": "5", "Upload-Metadata": header}
        assert self.alice.post(f"/batches/{self.batch.pk}/uploads/", headers=headers).status_code == 400

    def test_bytes_of_another_type(self) -> None:
        headers = {**steps.TUS, "Upload-Offset": "0"}
        address = self._upload(disc())
        assert self.alice.patch(address, b"x", "text/plain", headers=headers).status_code == 415

    def test_other_verbs(self) -> None:
        address = self._upload(disc())
        assert self.alice.put(address, headers=steps.TUS).status_code == 405
        assert self.alice.get(f"/batches/{self.batch.pk}/uploads/", headers=steps.TUS).status_code == 405


class TestChunks(_Batches):
    """Out of order, twice, overlapping, from two tabs."""

    @pytest.mark.parametrize("offset", [0, 50, 99, 101, 10**12])
    def test_a_chunk_for_another_place_changes_nothing(self, offset: int) -> None:
        data = disc()
        address = self._upload(data)
        patch(self.alice, address, 0, data[:100])
        response = patch(self.alice, address, offset, data[offset : offset + 10] or b"x")
        assert response.status_code == 409
        assert "go on from there" in response.content.decode()
        assert head(self.alice, address)["Upload-Offset"] == "100"

    def test_the_same_chunk_from_two_tabs_is_taken_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The second tab's bytes are stored first, while those of the first are still coming in."""
        data = disc()
        address = self._upload(data)
        copy = pieces._copy

        def slowly(source: Any, target: Any, most: int) -> int:
            monkeypatch.setattr(pieces, "_copy", copy)
            assert patch(self.alice, address, 0, data[:100]).status_code == 204
            return copy(source, target, most)

        monkeypatch.setattr(pieces, "_copy", slowly)
        assert patch(self.alice, address, 0, data[:70]).status_code == 409
        upload = Upload.objects.get()
        assert (upload.offset, len(upload.pieces)) == (100, 1)
        assert len(default_storage.listdir(pieces.folder_of(upload.pk))[1]) == 1
        patch(self.alice, address, 100, data[100:])
        assert default_storage.open(Photo.objects.get().file).read() == data

    def test_two_tabs_that_send_one_file_share_its_upload(self) -> None:
        data = disc()
        first = create(self.alice, self.batch, len(data), filename="a.png")
        patch(self.alice, first["Location"], 0, data[:60])
        second = create(self.alice, self.batch, len(data), data, filename="a.png")
        assert second["Location"] == first["Location"]
        assert second["Upload-Offset"] == "60"

    def test_a_file_that_is_here_is_not_taken_twice(self) -> None:
        data = disc()
        sent(self.alice, self.batch, "a.png", data)
        response = create(self.alice, self.batch, len(data), data, filename="a.png")
        assert response.status_code == 409
        assert Photo.objects.count() == 1

    def test_a_file_that_grew_while_it_was_sent(self) -> None:
        data = disc()
        address = self._upload(data)
        response = patch(self.alice, address, 0, data + b"grown")
        assert response.status_code == 413
        assert "more bytes than the file was said to have" in response.content.decode()
        assert head(self.alice, address)["Upload-Offset"] == "0"

    def test_a_file_that_was_announced_with_another_size(self) -> None:
        plan = begun(self.alice, entry("b.png", b"12345"))[1]
        response = create(self.alice, self.batch, 4, filename="b.png", item=plan["files"][0]["item"])
        begun_batch = Batch.objects.exclude(pk=self.batch.pk).get()
        assert create(self.alice, begun_batch, 5, item=plan["files"][0]["item"]).status_code == 201
        again = create(self.alice, begun_batch, 4, item=plan["files"][0]["item"])
        assert again.status_code == 409
        assert response.status_code == 201  # an item of another batch names nothing here: it is a new file

    def test_a_line_that_breaks_keeps_what_came(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from django.http import UnreadablePostError

        data = disc()
        address = self._upload(data)
        read = pieces._READ_BYTES
        monkeypatch.setattr(pieces, "_READ_BYTES", 40)

        class Broken:
            left = 2

            def read(self, size: int) -> bytes:
                if not self.left:
                    raise UnreadablePostError("connection reset")
                self.left -= 1
                return data[(1 - self.left) * 40 :][:size]

        pieces.append(Upload.objects.get(), Broken(), len(data))
        monkeypatch.setattr(pieces, "_READ_BYTES", read)
        assert head(self.alice, address)["Upload-Offset"] == "80"
        patch(self.alice, address, 80, data[80:])
        assert default_storage.open(Photo.objects.get().file).read() == data

    def test_a_long_body_is_stored_while_it_comes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pieces, "PIECE_BYTES", 64)
        data = disc()
        address = self._upload(data)
        patch(self.alice, address, 0, data[:200])
        upload = Upload.objects.get()
        assert [default_storage.size(name) for name in upload.pieces] == [64, 64, 64, 8]
        patch(self.alice, address, 200, data[200:])
        assert default_storage.open(Photo.objects.get().file).read() == data

    def test_crumbs_fill_no_row(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pieces, "MOST_PIECES", 2)
        data = disc()
        address = self._upload(data)
        answers = [patch(self.alice, address, n, data[n : n + 1]).status_code for n in range(3)]
        assert answers == [204, 204, 400]


class TestChecksums(_Batches):
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_the_right_one_is_taken(self, algorithm: str) -> None:
        data = disc()
        address = self._upload(data)
        right = steps.checksum(data, algorithm)
        assert patch(self.alice, address, 0, data, Upload_Checksum=right).status_code == 204
        assert Photo.objects.exists()

    def test_a_wrong_one_keeps_nothing(self) -> None:
        data = disc()
        address = self._upload(data)
        response = patch(self.alice, address, 0, data[:50], Upload_Checksum=steps.checksum(b"other"))
        assert response.status_code == 460
        assert head(self.alice, address)["Upload-Offset"] == "0"
        assert Upload.objects.get().pieces == []

    @pytest.mark.parametrize("header", ["crc32 AAAA", "sha1 %%%", "sha1"])
    def test_one_that_is_not_understood(self, header: str) -> None:
        response = patch(self.alice, self._upload(disc()), 0, b"x", Upload_Checksum=header)
        assert response.status_code in (400, 460)
        assert Upload.objects.get().offset == 0


class TestSomebodyElse(_Batches):
    def test_an_address_of_alice_opens_nothing_to_others(self) -> None:
        data = disc()
        address = self._upload(data)
        for other in (self.bob, self.guest):
            assert head(other, address).status_code == 404
            assert patch(other, address, 0, data).status_code == 404
            assert other.delete(address, headers=steps.TUS).status_code == 404
            assert create(other, self.batch, 5, filename="x").status_code == 404
        assert head(self.alice, address)["Upload-Offset"] == "0"

    def test_an_upload_is_found_in_its_own_batch_only(self) -> None:
        other, _plan = begun(self.bob, entry("b.png", b"123"))
        upload = self._upload(disc()).rpartition("/")[2]
        assert head(self.bob, f"/batches/{other.pk}/uploads/{upload}").status_code == 404

    def test_an_item_of_somebody_else_cannot_be_filled(self) -> None:
        theirs = begun(self.bob, entry("b.png", b"123"))[1]["files"][0]["item"]
        create(self.alice, self.batch, 3, filename="b.png", item=theirs)
        assert not Upload.objects.filter(item=theirs).exists()


class TestArrivals(_Batches):
    def test_what_is_no_picture_gets_its_sentence_and_leaves_nothing(self) -> None:
        sent(self.alice, self.batch, "words.png", b"just words")
        item = Item.objects.get(path="words.png")
        assert (item.fate, item.error_code) == (Fate.REFUSED, "not_an_image")
        assert item.failure
        assert "not a picture" in item.failure.sentence
        assert not Photo.objects.exists()
        assert pieces.uploads_in_store() == []

    def test_a_thousand_files_of_which_some_are_text(self) -> None:
        """Of forty here every tenth: each file has its own fate, and none spoils another's."""
        files = [(f"{n}.png", b"text" if n % 10 == 0 else disc()) for n in range(40)]
        batch, _plan = begun(self.alice, *(entry(path, data) for path, data in files))
        for path, data in files:
            sent(self.alice, batch, path, data)
        fates = list(batch.items.order_by("number").values_list("fate", flat=True))
        assert fates == [Fate.REFUSED if n % 10 == 0 else Fate.WAITING for n in range(40)]

    def test_a_process_that_was_killed_before_the_photo_was_made(self) -> None:
        data = disc()
        address = self._upload(data)
        upload = Upload.objects.get()
        name = default_storage.save(f"{pieces.folder_of(upload.pk)}/0", ContentFile(data))
        assert upload.advance(name, len(data))
        assert head(self.alice, address)["Upload-Offset"] == str(len(data))
        assert arrivals.finish_waiting() == 1
        assert default_storage.open(Photo.objects.get().file).read() == data
        assert arrivals.finish_waiting() == 0

    def test_who_holds_a_claim_is_left_alone_until_it_is_old(self) -> None:
        data = disc()
        self._upload(data)
        upload = Upload.objects.get()
        name = default_storage.save(f"{pieces.folder_of(upload.pk)}/0", ContentFile(data))
        upload.advance(name, len(data))
        Upload.objects.update(claimed_at=timezone.now())
        assert arrivals.finish_waiting() == 0
        Upload.objects.update(claimed_at=timezone.now() - arrivals.CLAIM - timedelta(seconds=1))
        assert arrivals.finish_waiting() == 1

    def test_two_processes_make_one_photo(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first was so slow that its claim was taken for dead."""
        data, publish = disc(), arrivals._publish

        def slowly(upload: Upload, photo: Photo) -> bool:
            monkeypatch.setattr(arrivals, "_publish", publish)
            Upload.objects.update(claimed_at=None)
            arrivals.finish_waiting()
            return publish(upload, photo)

        monkeypatch.setattr(arrivals, "_publish", slowly)
        sent(self.alice, self.batch, "a.png", data)
        assert Photo.objects.count() == Cutout.objects.count() == 1
        assert list(storage.photo_ids()) == [Photo.objects.get().pk]

    def test_a_batch_that_is_deleted_while_a_file_arrives(self, monkeypatch: pytest.MonkeyPatch) -> None:
        publish = arrivals._publish

        def late(upload: Upload, photo: Photo) -> bool:
            services.delete(self.batch)
            retention.delete_batches()
            return publish(upload, photo)

        monkeypatch.setattr(arrivals, "_publish", late)
        data = disc()
        create(self.alice, self.batch, len(data), data, filename="a.png")
        assert not Photo.objects.exists()
        assert not list(storage.photo_ids())
        assert pieces.uploads_in_store() == []

    def test_a_batch_that_is_deleted_takes_no_more_chunks(self) -> None:
        address = self._upload(disc())
        services.delete(self.batch)
        assert patch(self.alice, address, 0, b"123").status_code == 404


class TestFullDisk(_Batches):
    def test_a_piece_that_finds_no_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = disc()
        address = self._upload(data)
        with monkeypatch.context() as patched:
            full_disk(patched)
            response = patch(self.alice, address, 0, data)
        assert response.status_code == 507
        assert "no room left" in response.content.decode()
        assert head(self.alice, address)["Upload-Offset"] == "0"
        assert patch(self.alice, address, 0, data).status_code == 204
        assert Photo.objects.exists()

    def test_the_photo_finds_no_room_and_is_made_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = disc()
        address = self._upload(data)
        patch(self.alice, address, 0, data[:-1])
        with monkeypatch.context() as patched:
            store = pieces._store

            def then_full(*args: Any) -> None:
                store(*args)
                full_disk(patched)

            patched.setattr(pieces, "_store", then_full)
            assert patch(self.alice, address, len(data) - 1, data[-1:]).status_code == 204
        assert not Photo.objects.exists()
        with time_machine.travel(timezone.now() + arrivals.CLAIM * 2):
            arrivals.finish_waiting()
        assert default_storage.open(Photo.objects.get().file).read() == data


class TestRetention(_Batches):
    def test_p16_pieces_of_an_upload_that_broke_off_go_within_a_day(self) -> None:
        data = disc()
        address = self._upload(data)
        patch(self.alice, address, 0, data[:50])
        with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=55)):
            assert retention.delete_uploads() == 1
        assert pieces.uploads_in_store() == []
        assert not Upload.objects.exists()

    def test_p16_pieces_that_no_row_knows_go_too(self) -> None:
        self._upload(disc())
        upload = Upload.objects.get()
        default_storage.save(f"{pieces.folder_of(upload.pk)}/0", ContentFile(b"x"))
        Upload.objects.all().delete()
        assert retention.delete_orphans() == 0
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert retention.delete_orphans() == 1
        assert pieces.uploads_in_store() == []

    def test_a_cancelled_batch_keeps_no_piece(self) -> None:
        patch(self.alice, self._upload(disc()), 0, b"123")
        services.cancel(self.batch)
        retention.delete_uploads()
        assert pieces.uploads_in_store() == []
