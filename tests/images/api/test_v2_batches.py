"""Batches for programs: filled, set, paused, taken along, shown by a link; nothing of anybody else's."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from accounts.models import User
from images.batches import tasks
from images.batches.models import Batch, Item
from images.editing import defaults
from images.editing import jobs as renditions
from images.engine.edits import recipe as recipes
from images.photos.models import Photo
from images.sharing.forms import MOST_LINKS
from images.work import jobs
from images.work.models import Cutout
from tests.base import body, disc
from tests.images.api.steps import key_of, program
from tests.images.api.test_v2 import ON_WHITE, Api, problem


class _Batches(Api):
    def begun(self, **fields: Any) -> str:
        """The path of a new batch."""
        response = self.json("post", "/v2/batches", {"name": "shoes", **fields})
        assert response.status_code == 201, response.content
        assert response["Location"] == response.json()["links"]["self"]
        return f"/v2/batches/{response.json()['id']}"

    def add(self, batch: str, path: str = "red/1.png", **fields: Any) -> Any:
        file = fields.pop("file", None) or SimpleUploadedFile("disc.png", disc())
        headers = fields.pop("headers", {})
        return self.shop.post(f"{batch}/photos", {"file": file, "path": path, **fields}, headers=headers)

    def work(self) -> None:
        while jobs.process_next():
            pass
        tasks.tend()
        while renditions.process_next():
            pass

    def statuses(self, batch: str) -> list[str]:
        return [row["status"] for row in self.shop.get(f"{batch}/photos").json()["data"]]


class TestBatches(_Batches):
    def test_from_the_first_photo_to_the_archive(self) -> None:
        batch = self.begun(recipe=ON_WHITE, names="{name} {n:03}")
        for name in ("red/a.png", "red/b.png"):
            response = self.add(batch, name)
            assert (response.status_code, response.json()["status"]) == (202, "waiting")
            assert response.json()["photo"] in response["Location"]
        assert self.shop.get(batch).json()["status"] == "working"
        self.work()
        document = self.shop.get(batch).json()
        assert (document["status"], document["counts"]["ready"]) == ("done", 2)
        with zipfile.ZipFile(io.BytesIO(body(self.shop.get(f"{batch}/archive")))) as found:
            assert found.namelist() == ["a 001.jpg", "b 002.jpg", "manifest.csv"]
            assert found.testzip() is None
        assert self.shop.get("/v2/batches").json()["data"] == [document]

    def test_a_cut_archive_goes_on_to_the_same_sum(self) -> None:
        batch = self.begun()
        self.add(batch)
        self.work()
        whole = self.shop.get(f"{batch}/archive")
        data, half = body(whole), int(whole["Content-Length"]) // 2
        headers = {"range": f"bytes={half}-", "if-range": whole["ETag"]}
        rest = self.shop.get(f"{batch}/archive", headers=headers)
        assert rest.status_code == 206
        assert hashlib.sha256(data[:half] + body(rest)).digest() == hashlib.sha256(data).digest()
        problem(self.shop.get(f"{batch}/archive?which=changed"), 409, "not_ready")

    def test_photos_wait_behind_single_ones(self) -> None:
        self.add(self.begun())
        assert Cutout.objects.get().queue == Cutout.Queue.BULK

    def test_paused_resumed_cancelled(self) -> None:
        batch = self.begun()
        self.add(batch)
        assert self.json("post", f"{batch}/pause", {}).json()["status"] == "paused"
        late = self.add(batch).json()
        assert self.statuses(batch) == ["paused", "paused"]
        problem(self.shop.get(f"/v2/photos/{late['photo']}/result"), 409, "not_ready")
        assert self.shop.get(f"/v2/photos/{late['photo']}").json()["status"] == "held"
        assert not jobs.process_next()
        self.json("post", f"{batch}/resume", {})
        assert self.statuses(batch) == ["waiting", "waiting"]
        assert self.json("post", f"{batch}/cancel", {}).json()["status"] == "cancelled"
        assert self.statuses(batch) == ["left_out", "left_out"]
        problem(self.add(batch), 409, "not_wanted")
        problem(self.shop.get(f"/v2/photos/{late['photo']}"), 404, "not_found")

    def test_failed_ones_are_tried_again(self) -> None:
        batch = self.begun()
        self.add(batch)
        Cutout.objects.update(status=Cutout.Status.FAILED, error_code="too_slow")
        Item.objects.update(fate=Item.Fate.FAILED)
        row = self.shop.get(f"{batch}/photos?show=failed").json()["data"][0]
        assert (row["error"]["code"], row["error"]["retryable"]) == ("too_slow", True)
        self.json("post", f"{batch}/retry", {})
        assert self.statuses(batch) == ["waiting"]

    def test_set_for_all_at_any_time(self) -> None:
        owner, recipe = User.objects.get(username="alice"), recipes.parse(ON_WHITE)
        defaults.keep(owner, "On white", recipe)
        batch = self.begun()
        self.add(batch)
        self.work()
        for said in ({"preset": "ebay"}, {"preset": "On white"}, {"recipe": ON_WHITE}, {}):
            document = self.json("put", f"{batch}/setting", said).json()
            assert document["setting"]["preset"] == said.get("preset")
            assert bool(document["setting"]["recipe"]) == bool(said)
        assert document["setting"]["names"] == "{folder}/{name}"

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"preset": "nowhere"}, "preset"),
            ({"preset": "ebay", "recipe": ON_WHITE}, "recipe"),
            ({"names": "{what}"}, "names"),
            ({"recipe": {"version": 1, "ground": {"kind": "odd"}}}, "recipe"),
            ({"recipe": {"version": 1, "ground": {"kind": "picture", "picture": "0" * 32}}}, "recipe"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_what_cannot_be_set(self, said: dict[str, Any], field: str) -> None:
        document = problem(self.json("post", "/v2/batches", said), 422, "invalid")
        assert document["errors"][0]["field"] == field
        assert not Batch.objects.exists()

    def test_nobody_fills_the_list_with_empty_ones(self) -> None:
        statuses = [self.json("post", "/v2/batches", {}).status_code for _ in range(61)]
        assert statuses == [201] * 60 + [429]

    def test_a_full_batch_keeps_no_byte_of_what_it_refuses(self) -> None:
        batch = self.begun()
        with override_settings(MAX_FILES_PER_BATCH=1):
            self.add(batch)
            problem(self.add(batch), 409, "not_wanted")
        assert Photo.objects.count() == 1
        assert self.shop.get("/v2/account").json()["today"]["calls"] == 1

    def test_the_same_word_adds_one_photo(self) -> None:
        batch, data = self.begun(), disc()
        for _ in range(2):
            file = SimpleUploadedFile("a.png", data)
            response = self.add(batch, file=file, headers={"idempotency-key": "one"})
            assert response.status_code == 202
        assert Item.objects.count() == 1

    @pytest.mark.parametrize("path", ["../../etc/passwd", "a/../b.png", "C:\\x\u202e.png", "/" * 50 + "x"])
    def test_a_hostile_path_is_only_a_name(self, path: str) -> None:
        found = self.add(self.begun(), path).json()["path"]
        assert not found.startswith(("/", ".."))
        assert "/../" not in found

    def test_photos_come_in_pieces(self) -> None:
        batch = self.begun()
        for _ in range(3):
            self.add(batch)
        first = self.shop.get(f"{batch}/photos?limit=2").json()
        rest = self.shop.get(f"{batch}/photos?limit=2&cursor={first['next']}").json()
        assert [row["number"] for row in first["data"] + rest["data"]] == [1, 2, 3]
        assert rest["next"] is None
        problem(self.shop.get(f"{batch}/photos?cursor=x"), 422, "invalid")

    def test_lists_ask_the_database_no_more_for_more(self, django_assert_max_num_queries: Any) -> None:
        for _ in range(4):
            self.add(self.begun(recipe=ON_WHITE))
        with django_assert_max_num_queries(12):
            assert len(self.shop.get("/v2/batches").json()["data"]) == 4

    def test_deletion_deletes(self) -> None:
        batch = self.begun()
        photo = self.add(batch).json()["photo"]
        problem(self.shop.delete(batch, headers={"if-match": '"another"'}), 412, "changed")
        assert self.shop.delete(batch).status_code == 204
        problem(self.shop.get(batch), 404, "not_found")
        problem(self.shop.get(f"/v2/photos/{photo}"), 404, "not_found")
        assert self.shop.get("/v2/photos").json()["data"] == []
        tasks.tidy()
        assert not Photo.objects.exists()

    def test_a_link_for_a_customer(self) -> None:
        batch = self.begun()
        self.add(batch)
        self.work()
        made = self.json("post", f"{batch}/links", {"hours": 2, "may_review": True})
        assert made.status_code == 201
        path = "/b/" + made.json()["url"].partition("/b/")[2]
        assert "Comment" in Client().get(path).content.decode()
        assert self.shop.get(f"{batch}/links").json()["data"] == [made.json()]
        address = f"{batch}/links/{made.json()['id']}"
        assert self.shop.get(address).json() == made.json()
        assert self.shop.delete(address).status_code == 204
        assert Client().get(path).status_code == 404
        for hours in (0, 721, 10**400, 0.5, "2", True):
            document = problem(self.json("post", f"{batch}/links", {"hours": hours}), 422, "invalid")
            assert document["errors"][0]["field"] == "hours"

    def test_so_many_links_and_no_more(self) -> None:
        batch = self.begun()
        made = [self.json("post", f"{batch}/links", {}).status_code for _ in range(MOST_LINKS + 1)]
        assert made == [201] * MOST_LINKS + [422]

    @pytest.mark.parametrize("name", [b"\\ud800", b"\xed\xa0\x80", b"\xff"])
    def test_what_is_no_text_is_not_read(self, name: bytes) -> None:
        data = b'{"name": "' + name + b'"}'
        response = self.shop.post("/v2/batches", data=data, content_type="application/json")
        problem(response, 400, "malformed")


class TestStrangers(_Batches):
    def test_nothing_of_anybody_elses(self) -> None:
        batch = self.begun()
        self.add(batch)
        self.shop = self.other
        for rest in ("", "/photos", "/archive", "/links"):
            problem(self.shop.get(f"{batch}{rest}"), 404, "not_found")
        for rest in ("/pause", "/resume", "/cancel", "/retry", "/links"):
            problem(self.json("post", f"{batch}{rest}", {}), 404, "not_found")
        problem(self.json("put", f"{batch}/setting", {}), 404, "not_found")
        problem(self.shop.delete(batch), 404, "not_found")
        problem(self.add(batch), 404, "not_found")
        assert self.shop.get("/v2/batches").json()["data"] == []

    def test_a_sandbox_gets_neither_archive_nor_link(self) -> None:
        batch = self.begun()
        self.shop = program(key_of("alice", is_sandbox=True))
        problem(self.shop.get(f"{batch}/archive"), 403, "not_allowed")
        problem(self.json("post", f"{batch}/links", {}), 403, "not_allowed")

    def test_of_a_batch_with_a_sandboxs_photo_nobody_gets_them_either(self) -> None:
        batch, live = self.begun(), self.shop
        self.shop = program(key_of("alice", is_sandbox=True))
        assert self.add(batch).status_code == 202
        self.shop = live
        problem(self.shop.get(f"{batch}/archive"), 403, "not_allowed")
        problem(self.json("post", f"{batch}/links", {}), 403, "not_allowed")

    def test_a_sandbox_adds_nothing_to_what_others_have_a_link_to(self) -> None:
        batch = self.begun()
        assert self.json("post", f"{batch}/links", {}).status_code == 201
        self.shop = program(key_of("alice", is_sandbox=True))
        problem(self.add(batch), 403, "not_allowed")

    def test_each_key_does_what_it_may(self) -> None:
        batch = self.begun()
        self.shop = program(key_of("alice", may_delete=False, may_cut_out=False))
        assert self.shop.get(batch).status_code == 200
        problem(self.json("post", "/v2/batches", {}), 403, "not_allowed")
        problem(self.add(batch), 403, "not_allowed")
        problem(self.json("post", f"{batch}/cancel", {}), 403, "not_allowed")
        problem(self.shop.delete(batch), 403, "not_allowed")
        assert json.loads(self.shop.get(batch).content)["status"] == "done"
