"""/privacy/accept/: members are asked anew when a version changes materially."""

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from policy.models import PolicyAcceptance
from policy.versions import services
from tests.base import Cast, member, signed_in, staff
from tests.policy.versions.base import draft, published

PAGE = {"accept": "text/html,application/xhtml+xml", "accept-language": "en"}


def _open(client: Client, path: str = "/photos/") -> Any:
    return client.get(path, headers=PAGE)


def _is_asked(client: Client, path: str = "/photos/") -> bool:
    response = _open(client, path)
    return response.status_code == 302 and str(response["Location"]).startswith("/privacy/accept/")


class TestAsking(Cast):
    def test_p02_a_member_is_asked_at_the_next_visit(self) -> None:
        assert not _is_asked(self.alice)
        published(is_material=True)
        response = _open(self.alice, "/photos/?page=2")
        assert response["Location"] == "/privacy/accept/?next=%2Fphotos%2F%3Fpage%3D2"
        page = _open(self.alice, response["Location"]).content.decode()
        assert "We say it in other words." in page
        assert 'value="/photos/?page=2"' in page

    def test_p02_who_agrees_is_on_record_and_goes_on(self) -> None:
        version = published(is_material=True)
        response = self.alice.post("/privacy/accept/", {"version": version.number, "next": "/photos/?page=2"})
        assert response["Location"] == "/photos/?page=2"
        assert PolicyAcceptance.objects.filter(user__username="alice", version=version).count() == 1
        assert not _is_asked(self.alice)

    def test_who_never_agreed_to_anything_is_not_told_of_changes(self) -> None:
        PolicyAcceptance.objects.all().delete()
        page = _open(self.alice, "/privacy/accept/").content.decode()
        assert "has changed" not in page
        assert "what we never do" in page

    def test_agreeing_twice_is_agreeing_once(self) -> None:
        version = published(is_material=True)
        for _ in range(2):
            self.alice.post("/privacy/accept/", {"version": version.number})
        assert PolicyAcceptance.objects.filter(version=version).count() == 1

    def test_p02_nobody_is_sent_an_email(self) -> None:
        published(is_material=True)
        assert mail.outbox == []

    def test_a_version_that_is_not_material_asks_nobody(self) -> None:
        published()
        assert not _is_asked(self.alice)

    def test_who_says_not_now_is_signed_out_and_keeps_the_photos(self) -> None:
        published(is_material=True)
        response = self.alice.post("/privacy/accept/", {"answer": "not-now"})
        assert response["Location"] == "/"
        assert "_auth_user_id" not in self.alice.session
        assert not PolicyAcceptance.objects.filter(version__number=3).exists()

    def test_a_newer_version_than_the_page_showed_is_shown_first(self) -> None:
        published(is_material=True)
        newest = published("Third.", is_material=True)
        response = self.alice.post("/privacy/accept/", {"version": 3})
        assert response.status_code == 409
        assert f'name="version" value="{newest.number}"' in response.content.decode()
        assert not PolicyAcceptance.objects.filter(version__number__gt=2).exists()

    @pytest.mark.parametrize("version", ["", "1", "two", "99", "2'"])
    def test_a_forged_version_is_no_agreement(self, version: str) -> None:
        published(is_material=True)
        assert self.alice.post("/privacy/accept/", {"version": version}).status_code == 409
        assert _is_asked(self.alice)

    @pytest.mark.parametrize(
        "following",
        ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "\n"],
    )
    def test_it_leads_nowhere_else(self, following: str) -> None:
        version = published(is_material=True)
        response = self.alice.post("/privacy/accept/", {"version": version.number, "next": following})
        assert response["Location"] == "/"

    def test_who_owes_nothing_is_not_asked(self) -> None:
        assert self.alice.get("/privacy/accept/?next=/photos/")["Location"] == "/photos/"

    def test_guests_are_never_asked(self) -> None:
        published(is_material=True)
        assert not _is_asked(self.guest, "/")
        assert self.guest.get("/privacy/accept/")["Location"] == "/privacy/"
        assert self.guest.post("/privacy/accept/", {"version": 3})["Location"] == "/privacy/"

    @pytest.mark.parametrize(
        "path", ["/privacy/", "/privacy/versions/", "/privacy/transparency/", "/cookies/"]
    )
    def test_what_must_be_read_first_stays_open(self, path: str) -> None:
        published(is_material=True)
        assert _open(self.alice, path).status_code == 200

    @pytest.mark.parametrize(
        "name", ["account_home", "mfa_index", "usersessions_list", "account_logout", "news"]
    )
    def test_who_does_not_agree_still_gets_at_the_account(self, name: str) -> None:
        published(is_material=True)
        assert not _is_asked(self.alice, reverse(name))

    def test_what_is_under_way_is_not_interrupted(self) -> None:
        published(is_material=True)
        assert self.alice.post("/", {}, headers=PAGE).status_code != 302
        assert self.alice.get("/photos/", headers={**PAGE, "hx-request": "true"}).status_code == 200
        assert self.alice.get("/photos/", headers={"accept": "image/webp,*/*"}).status_code == 200
        assert self.alice.get("/healthz", headers={"accept": "*/*"}).status_code == 200

    def test_another_session_of_the_same_member_knows_the_answer(self) -> None:
        version = published(is_material=True)
        self.alice.post("/privacy/accept/", {"version": version.number})
        elsewhere = signed_in(User.objects.get(username="alice"))
        assert not _is_asked(elsewhere)

    def test_who_signs_in_on_the_same_browser_is_asked_for_themselves(self) -> None:
        version = published(is_material=True)
        self.alice.post("/privacy/accept/", {"version": version.number})
        self.alice.force_login(User.objects.get(username="bob"))
        assert _is_asked(self.alice)

    def test_p02_a_page_costs_no_query_for_it(self) -> None:
        _open(self.alice)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            _open(self.alice)
        assert not [query for query in queries if "policy_policy" in query["sql"]]

    def test_a_guests_page_costs_no_query_for_it_even_the_first_time(self) -> None:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            _open(self.guest, "/")
        assert not [query for query in queries if "policy_policy" in query["sql"]]


@pytest.mark.django_db
class TestServices:
    def test_a_draft_cannot_be_accepted(self) -> None:
        with pytest.raises(ValueError, match="draft"):
            services.accept(member("alice"), draft())

    def test_staff_can_work_before_they_agree(self) -> None:
        published(is_material=True)
        sara = staff()
        assert _open(sara, "/admin/").status_code == 200
        assert _is_asked(sara)

    def test_the_record_goes_with_the_account(self) -> None:
        alice = member("alice")
        alice.delete()
        assert not PolicyAcceptance.objects.exists()
