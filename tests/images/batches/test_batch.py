"""The life of a batch: begun, gone on with, paused, cancelled, deleted, and seen by its owner alone."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import OutgoingMail, User
from images import storage
from images.batches import mailing, presenting, services, tasks
from images.batches.models import Batch, Item
from images.photos import guests
from images.photos.models import Photo
from images.sharing.models import ShareLink
from images.work import jobs
from images.work.models import Cutout
from tests.accounts.steps import sign_in
from tests.base import Cast, disc, upload, upload_file, uploaded
from tests.images.batches.steps import begin, begun, create, entry, filled, sent

Fate = Item.Fate


def _fates(batch: Batch) -> list[str]:
    return list(batch.items.order_by("number").values_list("fate", flat=True))


def _work_off() -> None:
    while jobs.process_next():
        pass


class TestBeginning(Cast):
    def test_the_plan_says_where_to_send_what(self) -> None:
        response = begin(self.guest, entry("shoes/a.png", b"1"), entry("b.png", b"22"), name="shoes")
        plan, batch = response.json(), Batch.objects.get()
        assert response.status_code == 201
        assert plan["uploads"] == f"/batches/{batch.pk}/uploads/"
        assert [file["state"] for file in plan["files"]] == ["awaited", "awaited"]
        assert (batch.name, batch.guest is not None) == ("shoes", True)

    def test_two_clicks_make_one_batch(self) -> None:
        ticket = guests.ticket()
        first, second = (begin(self.alice, entry("a.png", b"1"), submission=ticket) for _ in range(2))
        assert first.json()["page"] == second.json()["page"]
        assert Item.objects.count() == 1

    @pytest.mark.parametrize(
        "manifest",
        [
            "",
            "[",
            "{}",
            "[1]",
            '[{"path": 5, "size": 1}]',
            '[{"path": "a", "size": -1}]',
            "[" * 5000,
            '[{"path": "a"}]',
            '[{"path": "a", "size": true}]',
            '[{"path": "a", "size": 1e99}]',
            "[]",
            "null",
        ],
    )
    def test_a_manifest_that_is_none(self, manifest: str) -> None:
        data = {"submission": guests.ticket(), "manifest": manifest}
        response = self.alice.post("/batches/begin/", data)
        assert response.status_code == 422
        assert response.json()["sentence"]
        assert not Batch.objects.exists()

    @override_settings(MAX_FILES_PER_BATCH=2)
    def test_too_many_files(self) -> None:
        response = begin(self.alice, *(entry(f"{n}.png", b"1") for n in range(3)))
        assert "at most 2 photos" in response.json()["sentence"]

    @override_settings(MAX_FILES_PER_BATCH=2)
    def test_too_many_files_one_after_the_other(self) -> None:
        batch, _plan = begun(self.alice, entry("1.png", b"1"), entry("2.png", b"1"))
        more = {"manifest": json.dumps([entry("3.png", b"1")])}
        assert self.alice.post(f"/batches/{batch.pk}/files/", more).status_code == 422
        assert create(self.alice, batch, 5, filename="3.png").status_code == 409
        assert batch.items.count() == 2

    @override_settings(MAX_BATCH_WAITING_PER_PERSON=3)
    def test_too_many_that_wait(self) -> None:
        begun(self.alice, entry("1.png", b"1"), entry("2.png", b"1"))
        response = begin(self.alice, entry("3.png", b"1"), entry("4.png", b"1"))
        assert "may wait at once (2)" in response.json()["sentence"]

    def test_what_is_too_large_or_empty_is_refused_before_a_byte_is_sent(self) -> None:
        large = {"path": "large.tif", "size": 40_000_000, "modified": 0}
        _batch, plan = begun(self.alice, entry("empty.png", b""), large, entry("good.png", b"1"))
        assert [file["state"] for file in plan["files"]] == ["refused", "refused", "awaited"]
        assert "40 MB" in plan["files"][1]["sentence"]

    def test_names_full_of_tricks_are_only_text(self) -> None:
        tricks = [
            "../../etc/passwd",
            "a\0b.png",
            "🥿.png",
            "x" * 300 + ".png",
            "CON",
            "=1+1.png",
            "/",
            "\ud800.png",
        ]
        batch, _plan = begun(self.alice, *(entry(name, b"1") for name in tricks))
        paths = list(batch.items.order_by("number").values_list("path", flat=True))
        assert paths[:3] == ["etc/passwd", "ab.png", "🥿.png"]
        assert paths[3:] == ["x" * 300 + ".png", "CON", "=1+1.png", "photo", ".png"]
        assert self.alice.get(f"/batches/{batch.pk}/").status_code == 200


class TestGoingOn(Cast):
    """A closed tab loses its file handles; the server has kept the list."""

    files = [(f"shoes/{n}.png", n) for n in range(4)]

    @pytest.fixture(autouse=True)
    def _half(self, _cast: None) -> None:
        self.data = {path: disc() for path, _n in self.files}
        self.entries = [entry(path, data) for path, data in self.data.items()]
        self.batch, _plan = begun(self.alice, *self.entries, name="shoes")
        for path in list(self.data)[:2]:
            sent(self.alice, self.batch, path, self.data[path])

    def _states(self, response: Any) -> list[str]:
        return [file["state"] for file in response.json()["files"]]

    def test_the_same_folder_again_sends_only_what_is_missing(self) -> None:
        response = begin(self.alice, *self.entries, name="shoes")
        assert (response.status_code, Batch.objects.count()) == (200, 1)
        assert self._states(response) == ["waiting", "waiting", "awaited", "awaited"]

    def test_a_file_that_was_half_sent_goes_on_where_it_stands(self) -> None:
        path = "shoes/2.png"
        address = create(self.alice, self.batch, len(self.data[path]), self.data[path][:60], filename=path)
        file = begin(self.alice, *self.entries).json()["files"][2]
        assert (file["upload"], file["offset"]) == (address["Location"], 60)

    def test_on_another_machine_too(self) -> None:
        elsewhere = Client()
        sign_in(elsewhere)
        # Copied by a stick: steps of two seconds, and an hour off.
        copied = [{**e, "modified": e["modified"] + 3_600_000 + 1500} for e in self.entries]
        response = begin(elsewhere, *copied)
        assert self._states(response) == ["waiting", "waiting", "awaited", "awaited"]

    def test_a_file_that_was_changed_meanwhile_is_another(self) -> None:
        changed = {**self.entries[0], "modified": self.entries[0]["modified"] + 600_000}
        assert self._states(begin(self.alice, changed, self.entries[3])) == ["awaited", "awaited"]

    def test_on_the_page_of_the_batch_more_can_be_added(self) -> None:
        data = {"manifest": json.dumps([*self.entries, entry("new.png", b"1")])}
        response = self.alice.post(f"/batches/{self.batch.pk}/files/", data)
        assert self._states(response) == ["waiting", "waiting", "awaited", "awaited", "awaited"]
        assert self.batch.items.count() == 5

    def test_what_is_whole_is_not_gone_on_with(self) -> None:
        for path in list(self.data)[2:]:
            sent(self.alice, self.batch, path, self.data[path])
        assert begin(self.alice, *self.entries).status_code == 201
        assert Batch.objects.count() == 2

    def test_p15_what_is_to_be_private_joins_no_batch_with_links(self) -> None:
        response = begin(self.alice, *self.entries, visibility="private")
        assert (response.status_code, Batch.objects.count()) == (201, 2)
        assert self._states(response) == ["awaited"] * 4
        assert Batch.objects.latest("created_at").is_private
        # And once more: each goes on with its own.
        assert begin(self.alice, *self.entries, visibility="private").status_code == 200
        assert begin(self.alice, *self.entries).status_code == 200
        assert Batch.objects.count() == 2

    def test_one_file_that_is_awaited_draws_no_others_into_its_batch(self) -> None:
        others = [entry(f"hats/{n}.png", disc()) for n in range(3)]
        assert begin(self.alice, *others, self.entries[3]).status_code == 201
        assert self.batch.items.count() == 4

    def test_the_last_file_of_a_folder_still_comes_to_the_others(self) -> None:
        sent(self.alice, self.batch, "shoes/2.png", self.data["shoes/2.png"])
        response = begin(self.alice, *self.entries)
        assert (response.status_code, Batch.objects.count()) == (200, 1)
        assert self._states(response) == ["waiting", "waiting", "waiting", "awaited"]

    def test_somebody_elses_batch_is_not_gone_on_with(self) -> None:
        assert begin(self.bob, *self.entries).status_code == 201


class TestPlainForm(Cast):
    def test_what_was_refused_stands_beside_the_others(self) -> None:
        response = upload(self.guest, upload_file(), upload_file(), upload_file(b"words", "words.txt"))
        batch = Batch.objects.get()
        assert _fates(batch) == [Fate.WAITING, Fate.WAITING, Fate.REFUSED]
        assert "words.txt" in self.guest.get(response.url).content.decode()

    def test_two_clicks_are_one_batch(self) -> None:
        files, ticket = [disc(), disc()], guests.ticket()
        answers = [
            upload(
                self.guest, *(upload_file(f) for f in files), upload_file(b"w", "w.txt"), submission=ticket
            )
            for _ in range(2)
        ]
        assert answers[0].url == answers[1].url
        assert Item.objects.count() == 3

    def test_one_photo_alone_is_none(self) -> None:
        uploaded(self.guest)
        assert not Batch.objects.exists()


class TestPrivacy(Cast):
    def test_nobody_else_sees_or_moves_it(self) -> None:
        batch = filled(self.alice, 1)
        item = batch.items.get()
        pages = ["", "changes/", "archive.zip", "review/"]
        acts = ["pause/", "resume/", "cancel/", "retry/", "twins/", "mail/", "delete/", "files/", "chosen/"]
        for other in (self.bob, self.guest):
            assert {other.get(f"/batches/{batch.pk}/{page}").status_code for page in pages} == {404}
            assert {other.post(f"/batches/{batch.pk}/{act}").status_code for act in acts} == {404}
            assert other.post(f"/batches/{batch.pk}/review/{item.pk}/").status_code == 404
        assert _fates(batch) == [Fate.WAITING]

    def test_an_item_is_judged_in_its_own_batch_only(self) -> None:
        mine, theirs = filled(self.bob, 1), filled(self.alice, 1).items.get()
        data = {"verdict": "accepted"}
        assert self.bob.post(f"/batches/{mine.pk}/review/{theirs.pk}/", data).status_code == 404

    def test_p13_chosen_rows_of_somebody_else_are_none(self) -> None:
        mine, theirs = filled(self.bob, 1), filled(self.alice, 1).items.get()
        said = {"item": [str(theirs.pk)], "do": "delete", "sure": "yes"}
        self.bob.post(f"/batches/{mine.pk}/chosen/", said)
        assert Photo.objects.filter(expires_at__gt=timezone.now()).count() == 2

    def test_no_name_of_a_file_is_in_any_log(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        batch, _plan = begun(self.alice, entry("secret-name.png", b"words"), name="secret-folder")
        sent(self.alice, batch, "secret-name.png", b"words")
        sent(self.alice, batch, "secret-two.png")
        _work_off()
        services.delete(batch)
        tasks.tidy()
        assert "secret" not in caplog.text


class TestFairness(Cast):
    def test_five_photos_pass_a_hundred(self) -> None:
        many = filled(self.alice, 30)
        for _ in range(4):
            jobs.process_next()
        few = filled(self.bob, 5)
        order = list(Cutout.objects.waiting().values_list("photo__item__batch", flat=True))
        assert order[:10].count(few.pk) == 5
        assert order[10:] == [many.pk] * 16 + order[10 + 16 :]

    def test_a_second_batch_of_the_same_person_waits_for_the_first(self) -> None:
        first, second = filled(self.alice, 4), filled(self.alice, 2)
        order = list(Cutout.objects.waiting().values_list("photo__item__batch", flat=True))
        assert order == [first.pk] * 4 + [second.pk] * 2

    def test_a_single_photo_goes_before_all(self) -> None:
        filled(self.alice, 3)
        single = uploaded(self.bob)
        assert Cutout.objects.waiting().first() == single.cutout

    @override_settings(MAX_WAITING_PER_PERSON=2)
    def test_a_batch_that_waits_keeps_nobody_from_a_single_photo(self) -> None:
        filled(self.alice, 3)
        assert uploaded(self.alice).cutout.queue == Cutout.Queue.INTERACTIVE

    def test_what_was_paused_does_not_pass_the_others_afterwards(self) -> None:
        paused = filled(self.alice, 3)
        self.alice.post(f"/batches/{paused.pk}/pause/")
        Cutout.objects.filter(photo__item__batch=paused).update(turn=1)
        filled(self.bob, 2)
        Cutout.objects.filter(photo__owner__username="bob").update(turn=50)
        self.alice.post(f"/batches/{paused.pk}/resume/")
        turns = Cutout.objects.filter(photo__item__batch=paused).values_list("turn", flat=True)
        assert sorted(turns) == [50, 51, 52]


class TestWork(Cast):
    def test_items_follow_their_cut_outs(self) -> None:
        batch = filled(self.alice, 2)
        jobs.claim_next()
        assert sorted(_fates(batch)) == [Fate.WAITING, Fate.WORKING]
        _work_off()
        assert _fates(batch).count(Fate.READY) == 1
        assert batch.items.filter(fate=Fate.READY).get().confidence

    def test_a_photo_that_fails_spoils_no_other(self) -> None:
        batch = filled(self.alice, 3)
        default_storage.delete(batch.items.first().photo.file)
        _work_off()
        assert sorted(_fates(batch)) == [Fate.FAILED, Fate.READY, Fate.READY]

    def test_what_failed_is_tried_again_at_once_or_alone(self) -> None:
        batch = filled(self.alice, 3)
        Cutout.objects.update(status=Cutout.Status.FAILED, error_code="internal")
        Item.objects.update(fate=Fate.FAILED)
        one = batch.items.first()
        self.alice.post(f"/batches/{batch.pk}/chosen/", {"item": [str(one.pk)], "do": "retry"})
        assert _fates(batch) == [Fate.WAITING, Fate.FAILED, Fate.FAILED]
        self.alice.post(f"/batches/{batch.pk}/retry/")
        assert _fates(batch) == [Fate.WAITING] * 3

    def test_what_can_never_work_is_not_tried_again(self) -> None:
        batch = filled(self.alice, 1)
        Cutout.objects.update(status=Cutout.Status.FAILED, error_code="no_subject")
        Item.objects.update(fate=Fate.FAILED)
        self.alice.post(f"/batches/{batch.pk}/retry/")
        assert _fates(batch) == [Fate.FAILED]

    def test_a_pause_lets_the_one_under_way_end_and_begins_no_other(self) -> None:
        batch = filled(self.alice, 3)
        claimed = jobs.claim_next()
        assert claimed
        self.alice.post(f"/batches/{batch.pk}/pause/")
        assert sorted(_fates(batch)) == [Fate.PAUSED, Fate.PAUSED, Fate.WORKING]
        assert jobs.claim_next() is None
        sent(self.alice, batch, "late.png")
        assert _fates(batch).count(Fate.PAUSED) == 3
        self.alice.post(f"/batches/{batch.pk}/resume/")
        _work_off()
        assert _fates(batch).count(Fate.READY) == 3

    def test_a_paused_photo_says_so_on_its_page(self) -> None:
        batch = filled(self.alice, 1)
        self.alice.post(f"/batches/{batch.pk}/pause/")
        photo = batch.items.get().photo
        assert f"/batches/{batch.pk}/" in self.alice.get(f"/photos/{photo.pk}/").content.decode()

    def test_cancelling_keeps_what_is_ready_and_deletes_the_rest(self) -> None:
        batch = filled(self.alice, 3)
        begun_later = {"manifest": json.dumps([entry("never.png", b"123")])}
        self.alice.post(f"/batches/{batch.pk}/files/", begun_later)
        jobs.process_next()
        self.alice.post(f"/batches/{batch.pk}/cancel/")
        tasks.tidy()
        assert sorted(_fates(batch)) == [Fate.LEFT_OUT] * 3 + [Fate.READY]
        assert [*storage.photo_ids()] == [Photo.objects.get().pk]
        assert create(self.alice, batch, 3, filename="never.png").status_code == 409
        assert (
            "takes no more photos"
            in self.alice.post(f"/batches/{batch.pk}/files/", begun_later).json()["sentence"]
        )

    def test_a_photo_that_is_redone_leaves_no_old_file(self) -> None:
        batch = filled(self.alice, 1)
        _work_off()
        item = batch.items.get()
        self.alice.post(f"/batches/{batch.pk}/review/{item.pk}/", {"verdict": "redo"})
        assert _fates(batch) == [Fate.WAITING]
        _work_off()
        assert _fates(batch) == [Fate.READY]
        assert len(storage.names_of(item.photo.pk)) == 4 + 1  # the small original of the first time stays

    def test_chosen_rows_are_deleted_after_a_question(self) -> None:
        batch = filled(self.alice, 3)
        said = {"item": [str(batch.items.get(number=n).pk) for n in (1, 3)], "do": "delete"}
        address = f"/batches/{batch.pk}/chosen/"
        assert "2 photos go" in self.alice.post(address, said).content.decode()
        assert batch.items.count() == 3
        self.alice.post(address, {**said, "sure": "yes"})
        assert [item.number for item in batch.items.all()] == [2]
        tasks.tidy()
        assert Photo.objects.count() == 1

    def test_a_batch_that_is_deleted_while_it_works(self) -> None:
        batch = filled(self.alice, 2)
        from images.work import worker

        cutout = jobs.claim_next()
        assert cutout
        result = jobs._run_engine(cutout, worker.network())
        self.alice.post(f"/batches/{batch.pk}/delete/")
        tasks.tidy()
        jobs._finish(cutout, result)
        assert not Photo.objects.exists()
        assert not list(storage.photo_ids())
        assert self.alice.get(f"/batches/{batch.pk}/changes/?since=0").status_code == 404

    def test_p14_the_links_of_a_deleted_batch_open_nothing_at_once(self) -> None:
        batch = filled(self.alice, 1)
        _work_off()
        link = ShareLink.objects.get()
        assert Client().get(str(link.url)).status_code == 200
        self.alice.post(f"/batches/{batch.pk}/delete/")
        assert Client().get(str(link.url)).status_code == 404
        assert self.alice.get(f"/photos/{link.photo_id}/").status_code == 404


class TestTwins(Cast):
    @pytest.fixture(autouse=True)
    def _twins(self, _cast: None) -> None:
        data = disc()
        self.batch = filled(self.alice, 1)
        for path in ("a.png", "copy.png", "b/copy.png"):
            sent(self.alice, self.batch, path, data)

    def test_they_wait_for_an_answer_and_are_asked_about_once(self) -> None:
        assert _fates(self.batch) == [Fate.WAITING, Fate.WAITING, Fate.TWIN, Fate.TWIN]
        page = self.alice.get(f"/batches/{self.batch.pk}/").content.decode()
        assert page.count("2 files have the same content") == 1

    def test_left_out(self) -> None:
        self.alice.post(f"/batches/{self.batch.pk}/twins/", {"answer": "drop"})
        tasks.tidy()
        assert _fates(self.batch)[2:] == [Fate.LEFT_OUT, Fate.LEFT_OUT]
        assert Photo.objects.count() == 2

    def test_left_out_and_those_to_come_too(self) -> None:
        self.alice.post(f"/batches/{self.batch.pk}/twins/", {"answer": "drop"})
        item = self.batch.items.first()
        sent(self.alice, self.batch, "again.png", default_storage.open(item.photo.file).read())
        assert _fates(self.batch)[4:] == [Fate.LEFT_OUT]
        tasks.tidy()
        assert Photo.objects.count() == 2

    def test_kept_and_those_to_come_too(self) -> None:
        self.alice.post(f"/batches/{self.batch.pk}/twins/", {"answer": "keep"})
        assert _fates(self.batch)[2:] == [Fate.WAITING, Fate.WAITING]
        item = self.batch.items.first()
        sent(self.alice, self.batch, "again.png", default_storage.open(item.photo.file).read())
        assert _fates(self.batch)[4:] == [Fate.WAITING]

    def test_a_pause_does_not_answer_the_question(self) -> None:
        self.alice.post(f"/batches/{self.batch.pk}/pause/")
        self.alice.post(f"/batches/{self.batch.pk}/resume/")
        assert _fates(self.batch)[2:] == [Fate.TWIN, Fate.TWIN]

    def test_another_answer_is_none(self) -> None:
        self.alice.post(f"/batches/{self.batch.pk}/twins/", {"answer": "perhaps"})
        assert _fates(self.batch)[2:] == [Fate.TWIN, Fate.TWIN]


def _poll(page: str) -> str:
    """The address at which the page asks for what is new."""
    match = re.search(r'hx-get="([^"]+)"', page)
    assert match
    return match[1].replace("&amp;", "&")


class TestNews(Cast):
    @pytest.mark.parametrize("reading", ["changed", "page_of"])
    def test_what_is_done_while_the_answer_is_made_is_told_next_time(
        self, reading: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The last photo is ready when the rows have just been read: the page has to ask once more."""
        batch, read = filled(self.alice, 1), getattr(presenting, reading)

        def read_and_work(*args: Any) -> Any:
            found = read(*args)
            found = list(found) if reading == "changed" else found
            jobs.process_next()
            return found

        monkeypatch.setattr(presenting, reading, read_and_work)
        rest = "changes/?since=0&first=1&last=100" if reading == "changed" else ""
        page = self.alice.get(f"/batches/{batch.pk}/{rest}").content.decode()
        assert _fates(batch) == [Fate.READY]
        assert "mark-waiting" in page
        assert "hx-get" in page

    def test_only_rows_that_changed(self) -> None:
        batch = filled(self.alice, 5)
        since = Batch.objects.get(pk=batch.pk).change
        address = f"/batches/{batch.pk}/changes/?first=1&last=100&since="
        assert self.alice.get(f"{address}{since}").status_code == 204
        jobs.claim_next()
        news = self.alice.get(f"{address}{since}").content.decode()
        assert news.count('class="row"') == 1
        assert "Working" in news

    def test_rows_outside_of_the_part_that_is_shown_are_not_sent(self) -> None:
        batch = filled(self.alice, 3)
        address = f"/batches/{batch.pk}/changes/?since=0&first=2&last=2"
        assert self.alice.get(address).content.decode().count('class="row"') == 1

    def test_new_rows_are_added_at_the_end(self) -> None:
        batch = filled(self.alice, 1)
        page = self.alice.get(f"/batches/{batch.pk}/").content.decode()
        sent(self.alice, batch, "new.png")
        news = self.alice.get(_poll(page)).content.decode()
        assert news.count('hx-swap-oob="beforeend:#rows"') == 1
        assert self.alice.get(_poll(news)).status_code == 204

    def test_a_part_of_the_list_gets_sums_and_no_rows_that_it_does_not_show(self) -> None:
        batch = filled(self.alice, 1)
        news = self.alice.get(f"/batches/{batch.pk}/changes/?since=0&show=failed").content.decode()
        assert 'class="row"' not in news
        assert 'id="summary"' in news

    def test_it_stops_asking_when_nothing_is_to_come(self) -> None:
        batch = filled(self.alice, 1)
        assert "hx-get" in self.alice.get(f"/batches/{batch.pk}/").content.decode()
        _work_off()
        assert "hx-get" not in self.alice.get(f"/batches/{batch.pk}/changes/?since=0").content.decode()

    def test_ten_thousand_rows_stay_quick(self, django_assert_max_num_queries: Any) -> None:
        batch = filled(self.alice, 1)
        rows = [Item(batch=batch, number=n, path=f"{n}.png", size=1) for n in range(2, 10_001)]
        Item.objects.bulk_create(rows)
        with django_assert_max_num_queries(12):
            page = self.alice.get(f"/batches/{batch.pk}/?after=5000").content.decode()
        assert page.count('class="row"') == 100
        assert "after=5100" in page


class TestList(Cast):
    def test_each_batch_with_how_far_it_is(self, django_assert_max_num_queries: Any) -> None:
        filled(self.alice, 2)
        _work_off()
        for _ in range(4):
            filled(self.alice, 1)
        with django_assert_max_num_queries(10):
            page = self.alice.get("/batches/").content.decode()
        assert page.count('<li class="row"') == 5
        assert page.count("0 of 1 cut out") == 4
        assert page.count("2 of 2 cut out") == 1
        assert "cut out" not in self.bob.get("/batches/").content.decode()


class TestMail(Cast):
    def _done(self) -> Batch:
        batch = filled(self.alice, 1)
        self.alice.post(f"/batches/{batch.pk}/mail/", {"wanted": "on"})
        return batch

    def test_one_letter_when_everything_is_done(self) -> None:
        batch = self._done()
        assert mailing.tell_owners() == 0
        _work_off()
        assert mailing.tell_owners() == 1
        assert mailing.tell_owners() == 0
        assert OutgoingMail.objects.count() == 1
        assert Batch.objects.get(pk=batch.pk).mailed_at

    def test_nobody_gets_one_unasked(self) -> None:
        filled(self.alice, 1)
        _work_off()
        assert mailing.tell_owners() == 0

    def test_guests_have_no_address(self) -> None:
        batch = filled(self.guest, 1)
        self.guest.post(f"/batches/{batch.pk}/mail/", {"wanted": "on"})
        assert not Batch.objects.get(pk=batch.pk).wants_mail


class TestAdoption(Cast):
    def test_a_guests_batch_follows_into_the_account(self) -> None:
        batch = filled(self.guest, 2)
        sign_in(self.guest)
        batch.refresh_from_db()
        assert batch.owner == User.objects.get(username="alice")
        assert batch.expires_at == batch.created_at + timedelta(days=settings.MEMBER_PHOTO_DAYS)
        assert self.guest.get(f"/batches/{batch.pk}/").status_code == 200
        assert set(batch.items.values_list("photo__owner__username", flat=True)) == {"alice"}

    def test_an_upload_under_way_goes_on_after_signing_in(self) -> None:
        data = disc()
        batch, _plan = begun(self.guest, entry("a.png", data))
        address = create(self.guest, batch, len(data), data[:50], filename="a.png")["Location"]
        sign_in(self.guest)
        from tests.images.batches.steps import patch

        assert patch(self.guest, address, 50, data[50:]).status_code == 204
        assert Photo.objects.get().owner == User.objects.get(username="alice")


class TestLeaving(Cast):
    def test_p16_an_erased_account_leaves_no_batch_and_no_piece(self) -> None:
        from accounts import belongings
        from images.batches import pieces

        data = disc()
        batch = filled(self.alice, 1)
        create(self.alice, batch, len(data), data[:50], filename="half.png")
        user = User.objects.get(username="alice")
        for keeper in belongings.keepers():
            if keeper.erase:
                keeper.erase(user)
        assert not Batch.objects.exists()
        assert pieces.uploads_in_store() == []

    def test_p16_the_lists_are_part_of_the_data_to_take_along(self) -> None:
        from accounts import belongings

        filled(self.alice, 1)
        user = User.objects.get(username="alice")
        found = {rows.model: rows.facts() for rows in belongings.rows_of(user)}
        assert found[Batch]
        assert found[Item][0]["path"] == "shoes/0.png"

    def test_p16_a_batch_goes_when_its_time_is_over(self) -> None:
        batch = filled(self.guest, 1)
        Batch.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert self.guest.get(f"/batches/{batch.pk}/").status_code == 404
        tasks.tidy()
        assert not Batch.objects.exists()
