"""/v2/: photos, recipes, renditions and links for programs; nothing of anybody else's."""

import base64
import io
import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image

from bgbegone.lib.waiting import NotYet
from images import storage
from images.api.calls.models import ApiCall
from images.api.limits import services as limits
from images.api.limits.models import ApiCharge
from images.photos.models import Photo
from images.sharing.models import ShareLink
from images.work import jobs
from tests.base import Cast, disc, upload_file
from tests.images.api import hostile
from tests.images.api.steps import ASIDE, key_of, pixel, program

WAIT = {"prefer": "wait=20"}
ON_WHITE = {"version": 1, "ground": {"kind": "colour", "colour": "#ffffff"}, "output": {"format": "jpeg"}}


@pytest.mark.usefixtures("workers")
class Api(Cast):
    @pytest.fixture(autouse=True)
    def _programs(self, _cast: None) -> None:
        self.key = key_of("alice")
        self.shop, self.other = program(self.key), program(key_of("bob"))

    def send(self, client: Client | None = None, *, headers: Any = None, **fields: Any) -> Any:
        file = fields.pop("file", None) or SimpleUploadedFile("disc.png", disc())
        return (client or self.shop).post("/v2/photos", {"file": file, **fields}, headers=headers or {})

    def sent(self, **fields: Any) -> dict[str, Any]:
        """A finished photo."""
        response = self.send(headers=WAIT, **fields)
        assert response.status_code == 201, response.content
        document: dict[str, Any] = response.json()
        assert document["status"] == "done"
        return document

    def json(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        call = getattr(self.shop, method)
        if body is None:
            return call(path, headers=headers)
        return call(path, json.dumps(body), content_type="application/json", headers=headers)

    def path(self, photo: dict[str, Any], rest: str = "") -> str:
        return f"/v2/photos/{photo['id']}{rest}"


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["code"] == code
    assert document["status"] == status
    assert document["title"]
    return document


class TestPhotos(Api):
    def test_accepted_with_a_place_to_look(self) -> None:
        response = self.send()
        assert response.status_code == 202
        assert response.json()["status"] == "queued"
        place = response["Location"].removeprefix("http://localhost:8000")
        assert self.shop.get(place).json()["id"] == response.json()["id"]

    def test_waiting_for_the_result(self) -> None:
        response = self.send(headers=WAIT)
        assert response.status_code == 201
        document = response.json()
        assert (document["status"], document["width"], document["height"]) == ("done", 120, 80)
        assert document["confidence"] > 0
        assert response["Preference-Applied"] == "wait=20"

    def test_who_waits_keeps_no_picture_in_memory(self) -> None:
        encoded = json.dumps({"data": base64.b64encode(disc()).decode()})
        for more in (
            {"data": encoded, "content_type": "application/json"},
            {"data": {"file": upload_file()}},
        ):
            sent: dict[str, Any] = {"headers": WAIT, **more}
            aside: Any = self.shop.post("/v2/photos", **sent, **ASIDE)
            body = aside.note.proceed.args[0].body
            assert (body.fields, body.files) == ({}, {})
            assert jobs.process_next()
            assert self.shop.post("/v2/photos", **sent, **aside.asked).status_code == 201

    def test_the_result(self) -> None:
        photo = self.sent()
        response = self.shop.get(self.path(photo, "/result"))
        image = Image.open(io.BytesIO(b"".join(response.streaming_content)))
        assert (image.mode, image.size) == ("RGBA", (120, 80))

    def test_private_unless_said_otherwise(self) -> None:
        self.sent()
        self.sent(private="false")
        assert [photo.links.count() for photo in Photo.objects.order_by("created_at")] == [0, 1]

    def test_base64_and_address(self) -> None:
        data = base64.b64encode(disc()).decode()
        assert self.json("post", "/v2/photos", {"data": data, "name": "a.png"}).status_code == 202
        with hostile.server(hostile.sends(disc())) as port, override_settings(FETCH_NETWORKS=["127.0.0.0/8"]):
            body = {"url": f"http://127.0.0.1:{port}/a.png"}
            assert self.json("post", "/v2/photos", body).status_code == 202

    def test_a_region(self) -> None:
        body = {"data": base64.b64encode(disc()).decode(), "region": [0, 0, 60, 80]}
        photo = self.json("post", "/v2/photos", body, **WAIT).json()
        assert photo["subject"][2] <= 60

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "file"),
            ({"data": "AAAA", "url": "http://x.org/"}, "file"),
            ({"data": "!!"}, "data"),
            ({"data": 5}, "data"),
            ({"data": "AAAA", "keep_hours": 0}, "keep_hours"),
            ({"data": "AAAA", "keep_hours": "5"}, "keep_hours"),
            ({"data": "AAAA", "private": "yes"}, "private"),
            ({"data": "AAAA", "region": [1, 2, 3]}, "region"),
            ({"data": "AAAA", "colour": "red"}, "colour"),
            ({"data": "AAAA", "name": "x" * 201}, "name"),
        ],
    )
    def test_a_wrong_field_is_named(self, body: dict[str, Any], field: str) -> None:
        document = problem(self.json("post", "/v2/photos", body), 422, "invalid")
        assert field in [error["field"] for error in document["errors"]]
        assert not Photo.objects.exists()

    def test_no_picture(self) -> None:
        file = SimpleUploadedFile("a.png", b"no picture")
        assert "not a picture" in problem(self.send(file=file), 422, "bad_image")["detail"]

    def test_an_address_of_ours(self) -> None:
        document = problem(self.json("post", "/v2/photos", {"url": "http://127.0.0.1/"}), 422, "not_fetched")
        assert document["errors"] == [{"field": "url", "detail": "refused"}]

    def test_a_list_in_pieces(self) -> None:
        ids = [self.send().json()["id"] for _ in range(5)]
        first = self.shop.get("/v2/photos?limit=2").json()
        second = self.shop.get("/v2/photos", {"limit": 2, "cursor": first["next"]}).json()
        self.send()  # what is added meanwhile shifts nothing
        third = self.shop.get("/v2/photos", {"limit": 2, "cursor": second["next"]}).json()
        seen = [photo["id"] for piece in (first, second, third) for photo in piece["data"]]
        assert seen == ids[::-1]
        assert third["next"] is None

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=201", "limit=x", "cursor=zzz", "cursor=MjAyNg", "status=odd", "page=2"]
    )
    def test_a_wrong_query(self, query: str) -> None:
        problem(self.shop.get(f"/v2/photos?{query}"), 422, "invalid")

    def test_by_state(self) -> None:
        self.sent()
        self.send()
        found = self.shop.get("/v2/photos?status=done").json()["data"]
        assert [photo["status"] for photo in found] == ["done"]

    def test_unchanged_is_not_sent_again(self) -> None:
        photo = self.sent()
        for rest in ("", "/result", "/original"):
            etag = self.shop.get(self.path(photo, rest))["ETag"]
            again = self.shop.get(self.path(photo, rest), headers={"if-none-match": etag})
            assert (again.status_code, again.content) == (304, b"")

    def test_p14_deletion_deletes(self) -> None:
        photo = self.sent()
        self.json("post", self.path(photo, "/renditions"), {"recipe": ON_WHITE}, **WAIT)
        assert storage.names_of(uuid.UUID(photo["id"]))
        assert self.shop.delete(self.path(photo)).status_code == 204
        assert not storage.names_of(uuid.UUID(photo["id"]))
        problem(self.shop.get(self.path(photo)), 404, "not_found")

    def test_only_what_was_seen_is_deleted(self) -> None:
        photo = self.sent()
        refused = self.shop.delete(self.path(photo), headers={"if-match": '"another"'})
        problem(refused, 412, "changed")
        etag = self.shop.get(self.path(photo))["ETag"]
        assert self.shop.delete(self.path(photo), headers={"if-match": etag}).status_code == 204

    def test_not_ready(self) -> None:
        photo = self.send().json()
        response = self.shop.get(self.path(photo, "/result"))
        problem(response, 409, "not_ready")
        assert int(response["Retry-After"]) >= 1

    def test_a_failure_has_a_sentence(self) -> None:
        buffer = io.BytesIO()
        Image.new("RGB", (300, 300)).save(buffer, "PNG")
        photo = self.send(file=SimpleUploadedFile("a.png", buffer.getvalue()), headers=WAIT).json()
        assert photo["status"] == "failed"
        assert photo["error"]["code"] == "no_subject"
        problem(self.shop.get(self.path(photo, "/result")), 422, "failed")
        assert self.json("post", self.path(photo, "/retry"), {}).status_code == 202


class TestStrangers(Api):
    """Bob's key opens nothing of Alice's."""

    @pytest.mark.parametrize("rest", ["", "/result", "/original", "/recipe", "/renditions", "/links"])
    def test_nothing_is_there(self, rest: str) -> None:
        photo = self.sent()
        problem(self.other.get(self.path(photo, rest)), 404, "not_found")

    def test_nothing_can_be_done(self) -> None:
        photo = self.sent()
        self.shop = self.other
        for method, rest in (("delete", ""), ("post", "/retry"), ("post", "/links")):
            body: dict[str, Any] | None = {} if method == "post" else None
            problem(self.json(method, self.path(photo, rest), body), 404, "not_found")
        problem(self.json("post", self.path(photo, "/renditions"), {"recipe": ON_WHITE}), 404, "not_found")
        problem(self.json("put", self.path(photo, "/recipe"), {"recipe": ON_WHITE}), 404, "not_found")
        assert Photo.objects.exists()

    def test_no_rendition_either(self) -> None:
        photo = self.sent()
        made = self.json("post", self.path(photo, "/renditions"), {"recipe": ON_WHITE}, **WAIT).json()
        for rest in ("", "/file"):
            problem(self.other.get(f"/v2/renditions/{made['id']}{rest}"), 404, "not_found")

    def test_lists_are_ones_own(self) -> None:
        self.sent()
        assert self.other.get("/v2/photos").json()["data"] == []


class TestScopes(Api):
    def test_each_key_does_what_it_may(self) -> None:
        photo = self.sent()
        reader = program(key_of("alice", may_cut_out=False, may_delete=False))
        writer = program(key_of("alice", may_read=False, may_delete=False))
        assert reader.get(self.path(photo)).status_code == 200
        problem(self.send(reader), 403, "not_allowed")
        problem(reader.delete(self.path(photo)), 403, "not_allowed")
        assert self.send(writer).status_code == 202
        problem(writer.get(self.path(photo)), 403, "not_allowed")

    def test_without_a_key(self) -> None:
        problem(Client().get("/v2/photos"), 403, "missing_key")
        problem(Client().get(f"/v2/photos?x={self.key}"), 400, "key_in_address")
        problem(program("bbg_" + "x" * 44).get("/v2/photos"), 403, "wrong_key")

    def test_another_method(self) -> None:
        response = self.shop.patch("/v2/photos")
        problem(response, 405, "method_not_allowed")
        assert response["Allow"] == "GET, POST, HEAD, OPTIONS"

    def test_another_address(self) -> None:
        problem(self.shop.get("/v2/elsewhere"), 404, "not_found")


class TestRenditions(Api):
    def test_a_file_by_a_recipe(self) -> None:
        photo = self.sent()
        response = self.json("post", self.path(photo, "/renditions"), {"recipe": ON_WHITE}, **WAIT)
        made = response.json()
        assert (response.status_code, made["status"], made["mime"]) == (201, "done", "image/jpeg")
        file = self.shop.get(f"/v2/renditions/{made['id']}/file")
        image = Image.open(io.BytesIO(b"".join(file.streaming_content)))
        assert (image.format, image.size) == ("JPEG", (120, 80))
        assert min(pixel(image, 1, 1)) > 250

    def test_the_same_recipe_is_made_once(self) -> None:
        photo = self.sent()
        ids = {
            self.json("post", self.path(photo, "/renditions"), {"recipe": ON_WHITE}, **WAIT).json()["id"]
            for _ in range(3)
        }
        assert len(ids) == 1
        assert len(self.shop.get(self.path(photo, "/renditions")).json()["data"]) == 1

    @pytest.mark.parametrize(
        "recipe",
        [
            None,
            [],
            "text",
            {},
            {"version": 2},
            {"version": 1, "ground": {"kind": "odd"}},
            {"version": 1, "x": 1},
        ],
    )
    def test_a_wrong_recipe_gets_a_sentence(self, recipe: object) -> None:
        photo = self.sent()
        document = problem(
            self.json("post", self.path(photo, "/renditions"), {"recipe": recipe}), 422, "invalid"
        )
        assert document["errors"][0]["field"] == "recipe"
        assert document["errors"][0]["detail"]

    def test_a_rendition_can_be_deleted(self) -> None:
        photo = self.sent()
        made = self.json("post", self.path(photo, "/renditions"), {"recipe": ON_WHITE}, **WAIT).json()
        assert self.shop.delete(f"/v2/renditions/{made['id']}").status_code == 204
        problem(self.shop.get(f"/v2/renditions/{made['id']}"), 404, "not_found")

    def test_of_two_programs_the_later_one_is_told(self) -> None:
        photo = self.sent()
        path = self.path(photo, "/recipe")
        etag = self.shop.get(path)["ETag"]
        on_red = {"version": 1, "ground": {"kind": "colour", "colour": "#ff0000"}}
        kept = self.json("put", path, {"recipe": on_red}, **{"if-match": etag})
        assert kept.status_code == 200
        assert self.shop.get(path).json()["recipe"] == on_red
        problem(self.json("put", path, {"recipe": {"version": 1}}, **{"if-match": etag}), 412, "changed")


class TestLinks(Api):
    def test_made_listed_withdrawn(self) -> None:
        photo = self.sent()
        made = self.json("post", self.path(photo, "/links"), {"hours": 2, "max_downloads": 1})
        assert made.status_code == 201
        url = made.json()["url"].removeprefix("http://localhost:8000")
        assert Client().get(url).status_code == 200
        assert len(self.shop.get(self.path(photo, "/links")).json()["data"]) == 1
        assert self.shop.delete(self.path(photo, f"/links/{made.json()['id']}")).status_code == 204
        assert Client().get(url).status_code == 404

    def test_bounds(self) -> None:
        photo = self.sent()
        problem(self.json("post", self.path(photo, "/links"), {"hours": 721}), 422, "invalid")


class TestIdempotency(Api):
    def keyed(self, data: bytes, name: str = "one", **more: Any) -> Any:
        file = SimpleUploadedFile("a.png", data)
        return self.send(file=file, headers={"idempotency-key": name}, **more)

    def test_done_once_and_answered_alike(self) -> None:
        data = disc()
        first, second = self.keyed(data), self.keyed(data)
        assert first.content == second.content
        assert first["Location"] == second["Location"]
        assert (second.status_code, second["Idempotent-Replayed"]) == (202, "true")
        assert Photo.objects.count() == 1

    def test_another_body(self) -> None:
        self.keyed(disc())
        problem(self.keyed(disc()), 422, "another_body")

    def test_under_way(self) -> None:
        data = disc()
        self.keyed(data)
        ApiCall.objects.update(status=0)
        response = self.keyed(data)
        problem(response, 409, "under_way")
        assert int(response["Retry-After"]) >= 1

    def test_the_same_word_from_two_people(self) -> None:
        data = disc()
        self.keyed(data)
        self.shop = self.other
        assert self.keyed(data).status_code == 202
        assert Photo.objects.count() == 2

    def test_a_refusal_is_an_answer_too(self) -> None:
        first, second = self.keyed(b"none"), self.keyed(b"none")
        assert first.status_code == second.status_code == 422
        assert second["Idempotent-Replayed"] == "true"

    def test_a_fault_of_ours_may_be_tried_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = disc()
        with monkeypatch.context() as patch:
            patch.setattr("images.api.intake.take_in", lambda *args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                self.keyed(data)
        assert self.keyed(data).status_code == 202

    def test_it_waits_along(self) -> None:
        file = SimpleUploadedFile("a.png", disc())
        response = self.send(file=file, headers={"idempotency-key": "x", **WAIT})
        assert (response.status_code, response.json()["status"]) == (201, "done")
        assert ApiCall.objects.get().status == 201

    def waiting(self, data: bytes, **environment: Any) -> Any:
        """A request as the server gives it, which can put it aside."""
        fields = {"file": SimpleUploadedFile("a.png", data)}
        headers = {"idempotency-key": "one", **WAIT}
        return self.shop.post("/v2/photos", fields, headers=headers, **ASIDE, **environment)

    def test_whoever_has_given_up_is_answered_at_once(self) -> None:
        """The client of a request that was put aside has left, and sends it once more."""
        data = disc()
        assert isinstance(self.waiting(data), NotYet)
        again = self.waiting(data)
        assert (again.status_code, again["Idempotent-Replayed"]) == (202, "true")
        assert again.json()["id"] == str(Photo.objects.get().pk)
        assert ApiCharge.objects.count() == 1

    def test_whoever_waits_gets_the_last_word_and_so_does_a_repetition(self) -> None:
        data = disc()
        aside = self.waiting(data)
        assert jobs.process_next()
        assert self.waiting(data, **aside.asked).status_code == 201
        again = self.keyed(data)
        assert (again.status_code, again.json()["status"]) == (201, "done")

    def test_a_fault_after_the_pause_does_nothing_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = disc()
        aside = self.waiting(data)
        with monkeypatch.context() as patch:
            patch.setattr("images.api.rendering.refresh", lambda *args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                self.waiting(data, **aside.asked)
        assert self.keyed(data).status_code == 202
        assert Photo.objects.count() == 1

    @pytest.mark.parametrize("name", ["", "x" * 256, "ä\n"])
    def test_a_wrong_word(self, name: str) -> None:
        problem(self.keyed(disc(), name), 400, "bad_idempotency_key")


class TestSandbox(Api):
    def test_a_small_picture_with_a_watermark(self) -> None:
        photo = self.sent()
        sandbox = program(key_of("alice", is_sandbox=True))
        plain = b"".join(self.shop.get(self.path(photo, "/result")).streaming_content)
        marked = sandbox.get(self.path(photo, "/result"))
        assert marked.status_code == 200
        assert Image.open(io.BytesIO(marked.content)).tobytes() != Image.open(io.BytesIO(plain)).tobytes()

    def test_no_link_without_it(self) -> None:
        photo = self.sent()
        self.shop = program(key_of("alice", is_sandbox=True))
        problem(self.json("post", self.path(photo, "/links"), {}), 403, "not_allowed")

    def test_it_reads_no_link_that_another_key_has_made(self) -> None:
        photo = self.sent()
        made = self.json("post", self.path(photo, "/links"), {}).json()
        self.shop = program(key_of("alice", is_sandbox=True))
        problem(self.shop.get(self.path(photo, "/links")), 403, "not_allowed")
        problem(self.shop.get(self.path(photo, f"/links/{made['id']}")), 403, "not_allowed")

    def test_its_photos_are_private_whatever_it_says(self) -> None:
        self.shop = program(key_of("alice", is_sandbox=True))
        assert self.sent(private="false")["private"] is True
        assert not ShareLink.objects.exists()

    def test_no_other_key_gets_what_it_has_sent_without_a_watermark(self) -> None:
        live, self.shop = self.shop, program(key_of("alice", is_sandbox=True))
        photo = self.sent()
        path = self.path(photo, "/renditions")
        file = self.json("post", path, {"recipe": ON_WHITE}, **WAIT).json()["links"]["file"]
        file = file.removeprefix("http://localhost:8000")
        marked = [self.shop.get(each).content for each in (self.path(photo, "/result"), file)]
        self.shop = live
        assert [self.shop.get(each).content for each in (self.path(photo, "/result"), file)] == marked
        problem(self.json("post", self.path(photo, "/links"), {}), 403, "not_allowed")

    def test_what_failed_and_is_tried_again_is_still_a_sandboxs(self) -> None:
        live, self.shop = self.shop, program(key_of("alice", is_sandbox=True))
        photo = self.sent()
        limits.refund(uuid.UUID(photo["id"]))
        self.shop = live
        problem(self.json("post", self.path(photo, "/links"), {}), 403, "not_allowed")

    def test_account(self) -> None:
        document = self.shop.get("/v2/account").json()
        assert document["limits"]["megapixels_per_minute"] == 500
        assert document["key"]["scopes"] == ["cut_out", "read", "delete"]
        assert self.key not in json.dumps(document)
