"""/admin/images/photo/: facts about photos, and nothing that shows one (promise P13)."""

from typing import Any

import pytest
from django.test import Client

from images.access import newest
from images.access.admin import PhotoAdmin
from images.photos.models import Photo
from images.work.models import Cutout
from tests.accounts.disclosures.steps import colleague
from tests.base import Cast, finished, staff, upload_file, uploaded
from tests.images.access.steps import page_of

_LIST = "/admin/images/photo/"


class TestList(Cast):
    @pytest.fixture(autouse=True)
    def _photos(self, _cast: None) -> None:
        self.mine = finished(self.alice, file=upload_file(name="Alice in bed.png"))
        self.guests = uploaded(self.guest)
        self.client = staff()

    def _keys(self, query: str) -> set[str]:
        page = self.client.get(f"{_LIST}{query}")
        assert page.status_code == 200
        return {str(photo.pk) for photo in page.context["cl"].result_list}

    def test_p13_staff_see_facts_and_no_picture(self) -> None:
        for address in (_LIST, page_of(self.mine)):
            text = self.client.get(address).content.decode()
            for fact in ("alice", "Ready", "120 × 80", "PNG", str(self.mine.pk), "%"):
                assert fact in text, (address, fact)
            for secret in ("Alice in bed", self.mine.file, self.mine.preview, self.mine.sha256, ".webp"):
                assert secret not in text, (address, secret)

    def test_the_file_name_is_masked(self) -> None:
        assert "•••.png" in self.client.get(page_of(self.mine)).content.decode()

    def test_a_guest_is_called_guest(self) -> None:
        text = self.client.get(page_of(self.guests)).content.decode()
        assert "guest" in text
        assert str(self.guests.guest) not in text

    def test_a_failure_is_named_by_its_code(self) -> None:
        Cutout.objects.filter(photo=self.guests).update(status="failed", error_code="too_slow")
        for address in (_LIST, page_of(self.guests)):
            assert "Failed · too_slow" in self.client.get(address).content.decode()

    def test_a_doubt_and_a_failure_stand_out(self) -> None:
        Cutout.objects.filter(photo=self.mine).update(confidence=0.1)
        Cutout.objects.filter(photo=self.guests).update(status="failed", error_code="too_slow")
        text = self.client.get(_LIST).content.decode()
        assert '<span class="photo-doubtful">Ready · needs a look</span>' in text
        assert '<span class="photo-failed">Failed · too_slow</span>' in text
        assert "longer than the time limit" in self.client.get(page_of(self.guests)).content.decode()

    def test_one_is_found_by_its_key_or_its_owner(self) -> None:
        mine, guests = str(self.mine.pk), str(self.guests.pk)
        assert self._keys("") == {mine, guests}
        assert self._keys(f"?q={guests}") == {guests}
        assert self._keys("?q=ALICE") == {mine}

    @pytest.mark.parametrize("words", ["ali", "Alice in bed.png", "x" * 500, "00000000"])
    def test_p13_nothing_else_finds_one(self, words: str) -> None:
        assert self._keys(f"?q={words}") == set()

    def test_the_state_filters(self) -> None:
        assert self._keys("?cutout__status__exact=done") == {str(self.mine.pk)}
        assert self._keys("?cutout__status__exact=failed") == set()

    @pytest.mark.parametrize(
        "lookup", ["name__startswith=A", "sha256__startswith=0", "owner__email__startswith=a", "guest=1"]
    )
    def test_p13_no_filter_reads_what_is_not_shown(self, lookup: str) -> None:
        assert self.client.get(f"{_LIST}?{lookup}").status_code in (302, 400)

    @pytest.mark.parametrize("number", [0, 5])
    def test_many_cost_as_much_as_one(self, number: int, django_assert_num_queries: Any) -> None:
        for _ in range(number):
            uploaded(self.bob)
        with django_assert_num_queries(6):
            self.client.get(_LIST)

    def test_older_ones_are_on_the_next_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(PhotoAdmin, "list_per_page", 1)
        page = self.client.get(_LIST)
        assert "2 photos" in page.content.decode()
        assert self._keys("") == {str(self.guests.pk)}
        assert self._keys(page.context["cl"].older) == {str(self.mine.pk)}
        back = self.client.get(f"{_LIST}{page.context['cl'].older}").context["cl"]
        assert (back.older, self._keys(back.newer)) == ("", {str(self.guests.pk)})

    def test_a_filter_begins_at_the_newest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(PhotoAdmin, "list_per_page", 1)
        older = self.client.get(_LIST).context["cl"].older
        page = self.client.get(f"{_LIST}{older}").content.decode()
        assert "cutout__status__exact=done" in page
        assert "at=" not in page.split("cutout__status__exact=done")[0].rsplit("href", 1)[1]

    def test_within_one_state_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        second = uploaded(self.alice)
        Cutout.objects.filter(photo=second).update(status=Cutout.Status.DONE)
        monkeypatch.setattr(PhotoAdmin, "list_per_page", 1)
        page = self.client.get(f"{_LIST}?cutout__status__exact=done").context["cl"]
        assert [photo.pk for photo in page.result_list] == [second.pk]
        assert self._keys(page.older) == {str(self.mine.pk)}

    def test_many_are_not_counted_to_the_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(newest, "COUNTED", 1)
        assert "More than 1 photo" in self.client.get(_LIST).content.decode()

    @pytest.mark.parametrize("query", ["at=x", "at=", "at=%00", "o=5", "o=-4.2", "p=7", "all="])
    def test_other_orders_and_places_open_the_newest(self, query: str) -> None:
        response = self.client.get(f"{_LIST}?{query}")
        assert response.status_code == 200
        assert len(response.context["cl"].result_list) == 2

    def test_p13_nothing_can_be_changed_or_deleted(self) -> None:
        base = f"{_LIST}{self.mine.pk}"
        assert self.client.post(f"{base}/change/", {"name": "x"}).status_code == 405
        assert self.client.post(f"{base}/delete/", {"post": "yes"}).status_code == 403
        assert self.client.post(f"{_LIST}add/").status_code == 403
        assert Photo.objects.count() == 2

    @pytest.mark.parametrize("key", ["x", "1", "00000000-0000-0000-0000-000000000000"])
    def test_a_photo_that_is_not_there(self, key: str) -> None:
        assert self.client.get(f"{_LIST}{key}/change/").status_code == 404

    def test_it_is_for_staff_who_may(self) -> None:
        _clara, clerk = colleague("clara", "view_user")
        assert clerk.get(_LIST).status_code == 403
        assert clerk.get(page_of(self.mine)).status_code == 403
        for outsider in (self.alice, self.guest, Client()):
            assert outsider.get(page_of(self.mine)).status_code in (302, 403)
