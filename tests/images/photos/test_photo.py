"""/photos/: what an owner sees and does, and what nobody else may."""

import io
import re
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from bgbegone.lib import waiting
from images import storage
from images.editing.settings import KINDS
from images.photos import views
from images.photos.models import Photo
from images.work import jobs, news, worker
from images.work.models import Cutout, Worker
from images.work.progress import keys_of, progress_of
from tests.base import Cast, body, disc, finished, upload_file, uploaded


def _pixels(response: object) -> Image.Image:
    return Image.open(io.BytesIO(body(response)))


class TestWaiting(Cast):
    def test_the_page_says_how_many_are_ahead(self) -> None:
        Worker.objects.create(model="tiny")
        for _ in range(2):
            uploaded(self.bob)
        photo = uploaded(self.alice)
        assert "2 photos are ahead of yours" in self.alice.get(_page(photo)).content.decode()

    def test_the_page_asks_again_by_itself(self) -> None:
        page = self.alice.get(_page(uploaded(self.alice))).content.decode()
        assert "hx-get" in page
        assert 'http-equiv="refresh"' in page

    def test_without_a_ready_worker_the_page_says_so(self) -> None:
        page = self.alice.get(_page(uploaded(self.alice))).content.decode()
        assert "No model is installed yet" in page

    def test_with_a_ready_worker_it_does_not(self) -> None:
        Worker.objects.create(model="tiny")
        page = self.alice.get(_page(uploaded(self.alice))).content.decode()
        assert "No model is installed yet" not in page

    def test_a_poll_that_has_seen_it_all_gets_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(news, "HOLD_SECONDS", 0)
        status = f"{_page(uploaded(self.alice))}status/"
        key = self.alice.get(status).context["progress"].key
        assert self.alice.get(status, {"seen": key}).status_code == 204
        Cutout.objects.update(status=Cutout.Status.RUNNING, stage=Cutout.Stage.DECODE)
        assert self.alice.get(status, {"seen": key}).status_code == 200

    def test_a_held_poll_hears_of_the_end_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        status = f"{_page(uploaded(self.alice))}status/"
        key = self.alice.get(status).context["progress"].key
        monkeypatch.setattr(waiting.time, "sleep", lambda _: jobs.process_next())
        response = self.alice.get(status, {"seen": key})
        assert "image-compare" in response.content.decode()

    def test_one_look_tells_all_of_them_where_they_stand(self) -> None:
        photos = [uploaded(client) for client in (self.alice, self.bob, self.alice)]
        Cutout.objects.filter(photo=photos[0]).update(status=Cutout.Status.RUNNING, stage="decode")
        cutouts = [Cutout.objects.get(photo=photo) for photo in photos]
        with CaptureQueriesContext(connection) as queries:
            keys = keys_of(cutouts)
        assert len(queries) <= 3
        assert keys == {cutout.pk: progress_of(cutout).key for cutout in cutouts}

    def test_a_photo_deleted_while_its_page_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        status = f"{_page(uploaded(self.alice))}status/"
        key = self.alice.get(status).context["progress"].key
        monkeypatch.setattr(waiting.time, "sleep", lambda _: Photo.objects.all().delete())
        assert self.alice.get(status, {"seen": key}).status_code == 404

    def test_the_outcome_takes_the_place_of_all_of_it(self) -> None:
        response = self.alice.get(f"{_page(finished(self.alice))}status/?seen=running")
        assert response["HX-Retarget"] == ".working"
        assert "image-compare" in response.content.decode()

    def test_the_stages_are_those_of_the_row(self) -> None:
        photo = uploaded(self.alice)
        Cutout.objects.update(status=Cutout.Status.RUNNING, stage=Cutout.Stage.REFINE)
        stages = self.alice.get(f"{_page(photo)}status/").context["progress"].stages
        assert [stage.state for stage in stages] == [
            "done", "done", "current", "todo", "todo", "todo",
        ]  # fmt: skip


class TestResult(Cast):
    def test_the_page_shows_before_and_after(self) -> None:
        photo = finished(self.alice)
        page = self.alice.get(_page(photo)).content.decode()
        assert "files/original.webp" in page
        assert "files/cutout.webp" in page
        assert "hx-trigger" not in page

    @pytest.mark.parametrize("name", ["original.webp", "cutout.webp"])
    def test_the_small_pictures(self, name: str) -> None:
        photo = finished(self.alice)
        image = _pixels(self.alice.get(f"{_page(photo)}files/{name}"))
        assert image.size == (120, 80)

    @pytest.mark.parametrize(
        ("query", "format", "corner"),
        [
            ("", "PNG", (0, 0, 0, 0)),
            ("?format=png&ground=colour&colour=%23ff0000", "PNG", (255, 0, 0, 255)),
            ("?format=webp", "WEBP", (0, 0, 0, 0)),
            ("?format=avif", "AVIF", (0, 0, 0, 0)),
            ("?format=jpeg", "JPEG", (255, 255, 255, 255)),
            ("?format=jpeg&ground=colour&colour=%230000ff", "JPEG", (0, 0, 254, 255)),
        ],
    )
    def test_downloads(self, query: str, format: str, corner: tuple[int, ...]) -> None:
        photo = finished(self.alice)
        response = self.alice.get(f"{_page(photo)}download/{query}")
        image = _pixels(response)
        assert image.format == format
        assert image.size == (120, 80)
        assert image.convert("RGBA").getpixel((0, 0)) == corner
        assert "disc-cutout." in response["Content-Disposition"]

    def test_download_of_a_zip(self) -> None:
        response = self.alice.get(f"{_page(finished(self.alice))}download/?format=zip")
        assert response["Content-Disposition"].endswith("disc-cutout.zip")
        with ZipFile(io.BytesIO(body(response))) as archive:
            assert Image.open(archive.open("alpha.png")).mode == "L"

    def test_every_format_can_be_chosen(self) -> None:
        page = self.alice.get(_page(finished(self.alice))).content.decode()
        for kind in KINDS:
            assert f'name="format" value="{kind.value}"' in page

    @pytest.mark.parametrize("query", ["?format=gif", "?ground=colour&colour=red"])
    def test_an_impossible_download_gets_a_sentence(self, query: str) -> None:
        response = self.alice.get(f"{_page(finished(self.alice))}download/{query}")
        assert response.status_code == 400
        assert b"Select a valid choice" in response.content or b"choose a colour" in response.content

    def test_a_picture_too_long_for_the_format_gets_a_sentence(self) -> None:
        photo = finished(self.alice, file=upload_file(disc((17_000, 30))))
        response = self.alice.get(f"{_page(photo)}download/?format=webp")
        assert response.status_code == 400
        assert b"Choose PNG instead" in response.content

    def test_the_networks_are_named(self) -> None:
        photo = finished(self.alice)
        Cutout.objects.update(companion="u2net")
        assert "<span>tiny + u2net</span>" in self.alice.get(_page(photo)).content.decode()

    @pytest.mark.parametrize(
        ("confidence", "is_said"), [(0.1, True), (0.49, True), (0.5, False), (None, False)]
    )
    def test_a_doubtful_result_is_said_to_need_a_look(self, confidence: float | None, is_said: bool) -> None:
        photo = finished(self.alice)
        Cutout.objects.update(confidence=confidence)
        page = self.alice.get(_page(photo)).content.decode()
        assert ("Needs a look" in page) is is_said

    def test_the_page_says_what_made_the_result(self) -> None:
        photo = finished(self.alice)
        page = self.alice.get(_page(photo)).content.decode()
        assert "<span>tiny</span>" in page
        assert "<span>ONNX Runtime " in page
        assert re.search(r"<span>confidence (100|\d\d?) %</span>", page)

    def test_a_result_lost_from_the_store_is_not_a_crash(self) -> None:
        photo = finished(self.alice)
        storage.delete_folder(photo.pk)
        for path in ("download/", "files/cutout.webp", "download/?format=jpeg"):
            assert self.alice.get(_page(photo) + path).status_code == 404

    def test_picture_bytes_are_locked_down(self) -> None:
        response = self.alice.get(f"{_page(finished(self.alice))}download/")
        assert response["Content-Security-Policy"].startswith("default-src 'none'")
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]


class TestFailure(Cast):
    def _failed(self, code: str) -> Photo:
        photo = uploaded(self.alice)
        Cutout.objects.update(status=Cutout.Status.FAILED, error_code=code)
        return photo

    def test_what_can_help_is_offered(self) -> None:
        photo = self._failed("storage_full")
        assert f"{_page(photo)}retry/" in self.alice.get(_page(photo)).content.decode()
        self.alice.post(f"{_page(photo)}retry/")
        assert Cutout.objects.get().status == Cutout.Status.QUEUED

    def test_what_cannot_help_is_not(self) -> None:
        photo = self._failed("no_subject")
        page = self.alice.get(_page(photo)).content.decode()
        assert "No subject could be found" in page
        assert "retry/" not in page

    def test_two_retries_queue_it_once(self) -> None:
        photo = self._failed("internal")
        for _ in range(2):
            self.alice.post(f"{_page(photo)}retry/")
        assert jobs.process_next()
        assert not jobs.process_next()


class TestDelete(Cast):
    def test_every_byte_and_row_goes(self) -> None:
        photo = finished(self.alice)
        assert len(storage.names_of(photo.pk)) == 4
        self.alice.post(f"{_page(photo)}delete/")
        assert not Photo.objects.exists()
        assert not list(storage.photo_ids())

    def test_deleting_while_a_worker_is_busy_leaves_nothing(self) -> None:
        photo = uploaded(self.alice)
        cutout = jobs.claim_next()
        assert cutout
        result = jobs._run_engine(cutout, worker.network())
        self.alice.post(f"{_page(photo)}delete/")
        jobs._finish(cutout, result)
        assert not list(storage.photo_ids())

    def test_get_deletes_nothing(self) -> None:
        photo = finished(self.alice)
        assert self.alice.get(f"{_page(photo)}delete/").status_code == 405
        assert Photo.objects.exists()


class TestOthers(Cast):
    """Whose photo it is not gets the answer that he would get for no photo at all."""

    PATHS = ("", "status/", "files/original.webp", "files/cutout.webp", "download/")
    ACTIONS = ("delete/", "retry/", "links/")

    @pytest.mark.parametrize("path", PATHS)
    def test_reading(self, path: str) -> None:
        photo = finished(self.alice)
        for other in (self.bob, self.guest):
            assert other.get(_page(photo) + path).status_code == 404

    @pytest.mark.parametrize("path", ACTIONS)
    def test_acting(self, path: str) -> None:
        photo = finished(self.alice)
        for other in (self.bob, self.guest):
            assert other.post(_page(photo) + path).status_code == 404
        assert default_storage.exists(photo.file)

    def test_one_guest_and_another(self) -> None:
        photo = finished(self.guest)
        assert self.guest.get(_page(photo)).status_code == 200
        assert Client().get(_page(photo)).status_code == 404

    def test_the_list_holds_ones_own(self) -> None:
        finished(self.alice)
        mine = finished(self.bob)
        page = self.bob.get("/photos/").context["page"]
        assert [photo.pk for photo in page.rows] == [mine.pk]


class TestList(Cast):
    def test_an_empty_list_shows_the_way(self) -> None:
        assert 'href="/"' in self.guest.get("/photos/").content.decode()

    def test_older_ones_are_on_the_next_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "_PER_PAGE", 1)
        photos = [uploaded(self.alice) for _ in range(2)]
        first = self.alice.get("/photos/")
        assert [photo.pk for photo in first.context["page"].rows] == [photos[1].pk]
        older = first.context["page"].older
        assert f"?at={quote(older)}" in first.content.decode()
        page = self.alice.get("/photos/", {"at": older})
        assert [photo.pk for photo in page.context["page"].rows] == [photos[0].pk]
        assert "Newest" in page.content.decode()

    def test_anothers_place_opens_ones_own_beginning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "_PER_PAGE", 1)
        for client in (self.alice, self.alice, self.bob):
            mine = uploaded(client)
        older = self.alice.get("/photos/").context["page"].older
        page = self.bob.get("/photos/", {"at": older}).context["page"]
        assert [photo.pk for photo in page.rows] == [mine.pk]

    def test_queries_do_not_grow_with_the_list(self, django_assert_num_queries: object) -> None:
        for _ in range(3):
            finished(self.alice)
        with django_assert_num_queries(4):  # type: ignore[operator]
            self.alice.get("/photos/")


def _page(photo: Photo) -> str:
    return f"/photos/{photo.pk}/"
