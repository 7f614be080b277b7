"""A batch for a customer: an unguessable page that shows, hands over, takes remarks, and can be withdrawn."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from accounts import belongings
from accounts.models import User
from images.batches import retention, services
from images.batches.links import BatchLink, Remark
from images.batches.models import Batch, Item
from images.photos.models import Photo
from images.work import jobs
from tests.base import Cast, body
from tests.images.batches.steps import filled


class _Linked(Cast):
    batch: Batch
    customer: Client
    path: str

    @pytest.fixture(autouse=True)
    def _link(self, _cast: None) -> None:
        self.batch = filled(self.alice, 3)
        while jobs.process_next():
            pass
        self.customer = Client(enforce_csrf_checks=True)
        self.path = self._new(may_review="on")

    def _new(self, **fields: str) -> str:
        response = self.alice.post(f"/batches/{self.batch.pk}/links/", {"hours": "24", **fields})
        assert response.status_code == 302, response.content.decode()
        url = BatchLink.objects.latest("created_at").url
        assert url
        return "/b/" + url.partition("/b/")[2]

    def _say(self, number: int, **said: str) -> Any:
        return self.customer.post(f"{self.path}{number}/", said)


class TestPage(_Linked):
    def test_it_shows_pictures_and_nothing_of_their_owner(self) -> None:
        page = self.customer.get(self.path)
        words = page.content.decode()
        assert words.count('class="card proof"') == 3
        assert "shoes" not in words
        assert "alice" not in words
        assert not page.cookies

    def test_p14_no_cache_no_index_no_referrer(self) -> None:
        for path in (self.path, f"{self.path}archive.zip", f"{self.path}1.webp"):
            response = self.customer.get(path)
            assert response.status_code == 200
            assert "no-store" in response["Cache-Control"]
            assert response["Referrer-Policy"] == "no-referrer"
            assert "noindex" in response["X-Robots-Tag"]

    def test_p14_the_token_has_192_bits_and_is_not_in_the_database(self) -> None:
        token = self.path.split("/")[2]
        assert len(token) == 32
        link = BatchLink.objects.get()
        assert token not in str(vars(link))

    def test_the_archive_has_the_results_and_not_what_the_owner_thought(self) -> None:
        Item.objects.filter(number=1).update(verdict=Item.Verdict.REJECTED)
        with zipfile.ZipFile(io.BytesIO(body(self.customer.get(f"{self.path}archive.zip")))) as found:
            assert found.namelist() == ["shoes/1.png", "shoes/2.png"]
        assert self.customer.get(f"{self.path}1.webp").status_code == 404
        assert not Item.objects.filter(taken_at__isnull=False).exists()


class TestEnds(_Linked):
    @pytest.mark.parametrize("path", ["", "archive.zip", "1.webp"])
    def test_p14_wrong_withdrawn_and_expired_links_answer_alike(self, path: str) -> None:
        wrong = self.customer.get(f"/b/{'x' * 32}/{path}").content
        link = BatchLink.objects.get()
        self.alice.post(f"/batches/{self.batch.pk}/links/{link.pk}/revoke/")
        withdrawn = self.customer.get(self.path + path)
        assert (withdrawn.status_code, withdrawn.content) == (404, wrong)
        BatchLink.objects.update(revoked_at=None, expires_at=timezone.now() - timedelta(seconds=1))
        assert self.customer.get(self.path + path).content == wrong

    def test_p14_it_ends_with_the_batch(self) -> None:
        services.delete(self.batch)
        assert self.customer.get(self.path).status_code == 404

    def test_p14_a_photo_that_was_deleted_is_shown_no_more(self) -> None:
        photo = self.batch.items.get(number=2).photo
        assert photo
        self.alice.post("/photos/chosen/", {"photo": [str(photo.pk)], "do": "delete", "sure": "yes"})
        self._lacks_the_second()

    def test_p14_a_photo_whose_time_is_over_is_shown_no_more(self) -> None:
        Photo.objects.filter(item__number=2).update(expires_at=timezone.now())
        self._lacks_the_second()

    def _lacks_the_second(self) -> None:
        assert Photo.objects.filter(item__number=2, expires_at__lte=timezone.now()).exists()
        assert self.customer.get(self.path).content.decode().count('class="card proof"') == 2
        assert self.customer.get(f"{self.path}2.webp").status_code == 404
        assert self._say(2, verdict="accepted").status_code == 404
        with zipfile.ZipFile(io.BytesIO(body(self.customer.get(f"{self.path}archive.zip")))) as found:
            assert found.namelist() == ["shoes/0.png", "shoes/2.png"]

    def test_p14_guessing_is_slowed_down(self) -> None:
        answers = [Client().get(f"/b/{n}/").status_code for n in range(32)]
        assert answers[-1] == 429
        assert self.customer.get(self.path).status_code == 200

    def test_p16_expired_links_go(self) -> None:
        BatchLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        retention._delete_links()
        assert not BatchLink.objects.exists()

    def test_p16_whoever_closes_an_account_shows_nothing_from_then_on(self) -> None:
        for keeper in belongings.keepers():
            if keeper.withdraw:
                keeper.withdraw(User.objects.get(username="alice"))
        assert self.customer.get(self.path).status_code == 404

    def test_bob_cannot_withdraw_it(self) -> None:
        link = BatchLink.objects.get()
        assert self.bob.post(f"/batches/{self.batch.pk}/links/{link.pk}/revoke/").status_code == 404
        theirs = filled(self.bob, 1)
        assert self.bob.post(f"/batches/{theirs.pk}/links/{link.pk}/revoke/").status_code == 404
        assert self.customer.get(self.path).status_code == 200

    @override_settings(GUEST_LINK_HOURS=24)
    def test_no_life_is_longer_than_may_be(self) -> None:
        batch = filled(self.guest, 1)
        response = self.guest.post(f"/batches/{batch.pk}/links/", {"hours": "720"})
        assert response.status_code == 422


class TestRemarks(_Linked):
    def test_a_customer_accepts_and_comments_and_the_owner_reads_it(self) -> None:
        since = Batch.objects.get(pk=self.batch.pk).change
        assert self._say(2, verdict="accepted", text="Lovely!").status_code == 302
        assert "Lovely!" in self.alice.get(f"/batches/{self.batch.pk}/").content.decode()
        news = self.alice.get(f"/batches/{self.batch.pk}/changes/?since={since}").content.decode()
        assert "Lovely!" in news

    def test_the_owner_finds_what_was_said_among_hundreds(self) -> None:
        self._say(1)
        self._say(2, text="Too dark")
        page = self.alice.get(f"/batches/{self.batch.pk}/?show=remarks")
        assert [item.number for item in page.context["items"]] == [2]
        assert page.context["summary"].counts["remarks"] == 1

    def test_a_second_answer_takes_the_place_of_the_first(self) -> None:
        self._say(1, verdict="accepted")
        self._say(1, verdict="rejected", text="Too dark")
        remark = Remark.objects.get()
        assert (remark.verdict, remark.text) == ("rejected", "Too dark")

    def test_only_where_the_owner_allows_it(self) -> None:
        self.path = self._new()
        assert self._say(1, verdict="accepted").status_code == 404
        assert "Comment" not in self.customer.get(self.path).content.decode()

    def test_what_cannot_be_said(self) -> None:
        assert self._say(1, verdict="perhaps").status_code == 400
        assert self._say(1, text="x" * 1001).status_code == 400
        assert self._say(99, verdict="accepted").status_code == 404
        assert not Remark.objects.exists()

    def test_tricks_are_only_text(self) -> None:
        self._say(1, text="<script>alert(1)</script>\0\u202e")
        assert "<script>alert" not in self.alice.get(f"/batches/{self.batch.pk}/").content.decode()

    def test_p16_remarks_come_along_with_the_owners_data(self) -> None:
        self._say(1, text="Lovely!")
        rows = {row.model: row.facts() for row in belongings.rows_of(User.objects.get(username="alice"))}
        assert rows[Remark][0]["text"] == "Lovely!"
