"""GET /batches/…/archive.zip: everything at once, resumable to the same bytes."""

import csv
import hashlib
import io
import re
import tracemalloc
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from images.batches import archive, services, tasks
from images.batches.models import Batch, Item
from images.photos.models import Photo
from images.work import jobs
from images.work.models import Cutout
from tests.base import Cast, body
from tests.images.batches.steps import begun, entry, filled, sent

Verdict = Item.Verdict


def _open(response: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(body(response)))


class _Ready(Cast):
    batch: Batch

    @pytest.fixture(autouse=True)
    def _work(self, _cast: None) -> None:
        self.batch = filled(self.alice, 3)
        sent(self.alice, self.batch, "words.png", b"no picture")
        while jobs.process_next():
            pass
        self.address = f"/batches/{self.batch.pk}/archive.zip"

    def _get(self, query: str = "", **headers: str) -> Any:
        return self.alice.get(self.address + query, headers=headers)


class TestArchive(_Ready):
    def test_every_result_under_the_name_of_its_source(self) -> None:
        response = self._get()
        assert response.status_code == 200
        with _open(response) as found:
            assert found.testzip() is None
            assert found.namelist() == ["shoes/0.png", "shoes/1.png", "shoes/2.png", "manifest.csv"]
            first = self.batch.items.first()
            assert found.read("shoes/0.png") == default_storage.open(first.photo.cutout.file).read()

    def test_the_size_is_known_ahead(self) -> None:
        announced = int(self.alice.head(self.address)["Content-Length"])
        response = self._get()
        assert announced == int(response["Content-Length"]) == len(body(response))

    def test_the_manifest_tells_what_became_of_each_file(self) -> None:
        with _open(self._get()) as found:
            rows = list(csv.DictReader(io.StringIO(found.read("manifest.csv").decode("utf-8-sig"))))
            assert [row["source"] for row in rows] == [
                "shoes/0.png",
                "shoes/1.png",
                "shoes/2.png",
                "words.png",
            ]
            assert rows[0]["sha256"] == hashlib.sha256(found.read("shoes/0.png")).hexdigest()
            assert 0 < float(rows[0]["confidence"]) <= 1
            assert (rows[3]["result"], "not a picture" in rows[3]["error"]) == ("", True)

    def test_no_cell_is_run_as_a_formula(self) -> None:
        Item.objects.filter(number=1).update(path='=HYPERLINK("x").png')
        with _open(self._get()) as found:
            assert "'=HYPERLINK" in found.read("manifest.csv").decode()
            assert found.namelist()[0] == "=HYPERLINK(_x_).png"

    def test_names_from_a_template(self) -> None:
        Batch.objects.update(names="{preset}/{n:04}_{name}", preset="amazon")
        with _open(self._get()) as found:
            assert found.namelist()[:2] == ["amazon/0001_0.png", "amazon/0002_1.png"]

    def test_collisions_are_numbered(self) -> None:
        Batch.objects.update(names="{preset}photo")
        with _open(self._get()) as found:
            assert found.namelist()[:3] == ["photo.png", "photo (2).png", "photo (3).png"]

    def test_a_cut_out_of_an_earlier_release_is_measured(self) -> None:
        Cutout.objects.update(crc32=None, bytes=None, sha256="")
        with _open(self._get()) as found:
            assert found.testzip() is None
        assert not Cutout.objects.filter(crc32=None).exists()

    def test_nothing_to_pack(self) -> None:
        batch, _plan = begun(self.alice, entry("a.png", b"1"))
        response = self.alice.get(f"/batches/{batch.pk}/archive.zip", follow=True)
        assert "nothing in such an archive" in response.content.decode()

    def test_no_cache_and_no_index_keep_it(self) -> None:
        response = self._get()
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]


class TestParts(_Ready):
    def test_a_download_that_was_cut_twice_comes_to_the_same_sum(self) -> None:
        whole = body(self._get())
        etag, third = self._get()["ETag"], len(whole) // 3
        parts = [body(self._get(Range=f"bytes=0-{third - 1}"))]
        for span in (f"bytes={third}-{2 * third - 1}", f"bytes={2 * third}-"):
            response = self._get(Range=span, **{"If-Range": etag})
            assert response.status_code == 206
            parts.append(body(response))
        assert hashlib.sha256(b"".join(parts)).digest() == hashlib.sha256(whole).digest()
        assert re.fullmatch(rf"bytes {2 * third}-{len(whole) - 1}/{len(whole)}", response["Content-Range"])

    def test_the_last_bytes(self) -> None:
        assert body(self._get(Range="bytes=-10")) == body(self._get())[-10:]

    def test_whoever_has_the_beginning_of_something_else_gets_the_whole(self) -> None:
        etag = self._get()["ETag"]
        Item.objects.filter(number=1).update(verdict=Verdict.REJECTED)
        response = self._get(Range="bytes=10-", **{"If-Range": etag})
        assert (response.status_code, response["ETag"] != etag) == (200, True)

    def test_the_strong_name_is_the_same_as_long_as_nothing_changed(self) -> None:
        assert self._get()["ETag"] == self._get()["ETag"]
        assert self._get(**{"If-None-Match": self._get()["ETag"]}).status_code == 304
        assert not self._get()["ETag"].startswith("W/")

    @pytest.mark.parametrize("span", ["bytes=999999999-", "bytes=-0"])
    def test_a_part_beyond_the_end(self, span: str) -> None:
        response = self._get(Range=span)
        assert response.status_code == 416
        assert response["Content-Range"].startswith("bytes */")

    @pytest.mark.parametrize("span", ["bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=-", "bytes=a-b", ""])
    def test_what_is_not_understood_gets_the_whole(self, span: str) -> None:
        assert self._get(Range=span).status_code == 200


class TestChoices(_Ready):
    def _names(self, query: str) -> list[str]:
        response = self._get(query)
        return _open(response).namelist()[:-1] if response.status_code == 200 else []

    def test_rejected_ones_stay_out_and_accepted_ones_can_be_had_alone(self) -> None:
        Item.objects.filter(number=1).update(verdict=Verdict.REJECTED)
        Item.objects.filter(number=2).update(verdict=Verdict.ACCEPTED)
        assert self._names("") == ["shoes/1.png", "shoes/2.png"]
        assert self._names("?which=accepted") == ["shoes/1.png"]

    def test_chosen_rows(self) -> None:
        items = [str(item.pk) for item in self.batch.items.filter(number__in=[1, 3])]
        response = self.alice.post(f"/batches/{self.batch.pk}/chosen/", {"item": items, "do": "download"})
        assert self._names("?" + response.url.partition("?")[2]) == ["shoes/0.png", "shoes/2.png"]

    def test_only_what_changed_since_it_was_taken(self) -> None:
        page = f"/batches/{self.batch.pk}/"
        assert "which=changed" not in self.alice.get(page).content.decode()
        body(self._get())
        assert "which=changed" in self.alice.get(page).content.decode()
        assert self._names("?which=changed") == []
        Cutout.objects.filter(photo__item__number=2).update(finished_at=timezone.now() + timedelta(seconds=5))
        assert self._names("?which=changed") == ["shoes/1.png"]

    def test_a_download_that_broke_off_counts_as_none(self) -> None:
        body(self._get(Range="bytes=0-100"))
        self.alice.head(self.address)
        assert len(self._names("?which=changed")) == 3

    @pytest.mark.parametrize(
        "numbers", ["", "x", "1-", "-", "9" * 40, "9" * 25, "1-" + "9" * 25, "4-2", "1--3"]
    )
    def test_numbers_that_are_none(self, numbers: str) -> None:
        assert self._get(f"?which=chosen&n={numbers}").status_code in (200, 302)

    def test_as_many_numbers_as_a_page_can_tick(self) -> None:
        numbers = ".".join(str(n) for n in range(1, 4000, 2))
        assert self._names(f"?which=chosen&n={numbers}") == ["shoes/0.png", "shoes/2.png"]

    def test_two_hundred_ranges_and_no_more(self) -> None:
        ranges = [f"{n}-{n + 1}" for n in range(1, 800, 3)]
        assert len(self._names(f"?which=chosen&n={'.'.join(ranges[:200])}")) == 2
        assert self._get(f"?which=chosen&n={'.'.join(ranges)}").status_code == 302

    def test_numbers_are_written_short(self) -> None:
        assert archive.ranges_of([3, 1, 2, 7, 9, 10, 3]) == "1-3.7.9-10"


class TestGone(_Ready):
    def test_a_batch_that_is_deleted_while_it_is_downloaded_breaks_the_line(self) -> None:
        stream = iter(self._get().streaming_content)
        next(stream)
        services.delete(self.batch)
        tasks.tidy()
        with pytest.raises(ConnectionResetError):
            list(stream)
        assert self._get().status_code == 404


class TestWeight(Cast):
    def test_a_thousand_photos_are_planned_at_once_and_cost_little_memory(self) -> None:
        """Of 18 megapixels, some 15 MB each: 15 GB of archive, of which nobody reads a byte to plan it."""
        batch = filled(self.alice, 1)
        jobs.process_next()
        _multiply(batch, 999)
        tracemalloc.start()
        packed = archive.pack(batch, archive.wanted(batch, "all"))
        first = next(packed.archive.read())
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(packed.archive.entries) == 1001
        assert first.startswith(b"PK")
        assert packed.archive.size > 14_000_000_000
        assert peak < 30_000_000


def _multiply(batch: Batch, number: int) -> None:
    """Rows for so many more photos, each with a result that is said to have 15 MB."""
    photo = batch.items.get().photo
    cutout = photo.cutout
    photos, cutouts, items = [], [], []
    for n in range(number):
        photos.append(Photo(**{f.attname: getattr(photo, f.attname) for f in photo._meta.concrete_fields}))
        photos[-1].id, photos[-1].submission = uuid4(), uuid4()
        cutouts.append(
            Cutout(**{f.attname: getattr(cutout, f.attname) for f in cutout._meta.concrete_fields})
        )
        cutouts[-1].id, cutouts[-1].photo_id, cutouts[-1].bytes = uuid4(), photos[-1].id, 15_000_000
        item = {"photo_id": photos[-1].id, "fate": Item.Fate.READY, "confidence": 0.9}
        items.append(Item(batch=batch, number=n + 2, path=f"shoes/{n + 2}.png", **item))
    Photo.objects.bulk_create(photos)
    Cutout.objects.bulk_create(cutouts)
    Item.objects.bulk_create(items)
