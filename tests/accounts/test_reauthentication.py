"""“Is it you?”: who is asked, and what becomes of what they had sent."""

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import reauthentication
from accounts.leaving.models import AccountExport
from accounts.models import User
from tests.accounts.steps import sign_in
from tests.base import agree, authenticator_app, code_of, member, signed_in, staff

pytestmark = pytest.mark.django_db
_PACKAGE, _EMAIL = "/accounts/data/export/", "/accounts/email/"
_TYPED = {"email": "new@example.org", "action_add": ""}


def _query(response: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(response.url).query).items()}


def _answer(client: Client, asked: Any, password: str = "correct horse", **more: str) -> Any:
    """Fill in the page that asks, as it stands behind the redirect."""
    page = client.get(asked.url)
    assert f'name="kept" value="{_query(asked)["kept"]}"' in page.content.decode()
    return client.post(urlsplit(asked.url).path, {**_query(asked), "password": password, **more})


def _asked_long_ago(client: Client) -> None:
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.save()


def test_p04_a_session_that_somebody_has_stolen_gets_no_further_by_the_owners_answer() -> None:
    member("alice")
    alice, thief = Client(), Client()
    sign_in(alice)
    thief.cookies["sessionid"] = stolen = alice.cookies["sessionid"].value
    assert thief.get("/accounts/").status_code == 200
    alice.post("/accounts/reauthenticate/", {"password": "correct horse", "next": "/accounts/"})
    assert alice.get("/accounts/").status_code == 200
    assert thief.get("/accounts/").status_code == 302
    assert not Session.objects.filter(session_key=stolen).exists()
    assert b"This device" in alice.get("/accounts/sessions/").content


def test_a_wrong_answer_changes_nothing_of_the_session() -> None:
    member("alice")
    alice = Client()
    sign_in(alice)
    before = alice.cookies["sessionid"].value
    alice.post("/accounts/reauthenticate/", {"password": "wrong", "next": "/accounts/"})
    assert alice.cookies["sessionid"].value == before


class TestWhatWasSent:
    @pytest.fixture(autouse=True)
    def _alice(self) -> None:
        self.alice = signed_in(member("alice"))

    def _changes_to(self) -> set[str]:
        return set(EmailAddress.objects.filter(verified=False).values_list("email", flat=True))

    def test_is_sent_again_after_the_right_answer(self) -> None:
        asked = self.alice.post(_EMAIL, _TYPED)
        assert not self._changes_to()
        assert _answer(self.alice, asked).url == _EMAIL
        assert self._changes_to() == {"new@example.org"}

    def test_works_on_a_page_that_only_takes_forms(self) -> None:
        answer = _answer(self.alice, self.alice.post(_PACKAGE))
        assert answer.url == "/accounts/data/"
        assert AccountExport.objects.count() == 1

    def test_is_not_sent_after_a_wrong_one_and_outlasts_it(self) -> None:
        asked = self.alice.post(_EMAIL, _TYPED)
        page = _answer(self.alice, asked, "wrong horse")
        assert page.status_code == 200
        assert _query(asked)["kept"] in page.content.decode()
        assert not self._changes_to()

    def test_goes_along_to_another_way_of_answering(self) -> None:
        app = authenticator_app(User.objects.get(username="alice"))
        asked = self.alice.post(_EMAIL, _TYPED)
        page = self.alice.get(asked.url).content.decode()
        other = page.partition('<ul class="other-ways">')[2].partition('href="')[2].partition('"')[0]
        other = other.replace("&amp;", "&")
        assert parse_qs(urlsplit(other).query)["kept"] == [_query(asked)["kept"]]
        data = {**_query(asked), "code": code_of(app)}
        assert self.alice.post(urlsplit(other).path, data).url == _EMAIL
        assert self._changes_to() == {"new@example.org"}

    def test_belongs_to_who_sent_it(self) -> None:
        asked = self.alice.post(_EMAIL, _TYPED)
        _answer(signed_in(member("bob")), asked)
        assert not self._changes_to()

    def test_is_given_up_after_a_quarter_of_an_hour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = self.alice.post(_EMAIL, _TYPED)
        monkeypatch.setattr(reauthentication, "_SECONDS", -1)
        assert _answer(self.alice, asked).url == _EMAIL
        assert not self._changes_to()

    def test_cannot_be_made_up(self) -> None:
        asked = self.alice.post(_PACKAGE)
        data = {
            "next": "/accounts/",
            "password": "correct horse",
            "kept": _query(asked)["kept"][:-4] + "AAA=",
        }
        assert self.alice.post("/accounts/reauthenticate/", data).url == "/accounts/"
        assert not AccountExport.objects.exists()

    def test_p08_lies_neither_in_the_session_nor_readable_in_the_address(self) -> None:
        asked = self.alice.post(_EMAIL, {**_TYPED, "password1": "violet-harbour-93"})
        sessions = json.dumps([row.get_decoded() for row in Session.objects.all()])
        assert "new@example.org" not in sessions + asked.url
        assert "new%40" not in asked.url

    def test_without_its_passwords(self) -> None:
        request = self.alice.post(_EMAIL, {**_TYPED, "password1": "violet-harbour-93"}).wsgi_request
        assert "violet" not in reauthentication._Kept.of(request).fields

    @pytest.mark.parametrize(
        "more", [{"note": "x" * 4000}, {"file": SimpleUploadedFile("a.txt", b"text")}], ids=["long", "a file"]
    )
    def test_what_is_too_much_leads_back_to_its_form_with_a_sentence(self, more: Any) -> None:
        headers = {"Referer": "http://testserver/accounts/data/"}
        asked = self.alice.post(_PACKAGE, more, headers=headers)
        assert _query(asked) == {"next": "/accounts/data/"}
        assert "then try again" in self.alice.get(asked.url).content.decode()

    def test_a_page_that_refuses_it_shows_its_form(self) -> None:
        page = _answer(self.alice, self.alice.post("/accounts/security/totp/activate/", {"code": "1"}))
        assert page.status_code == 200
        assert "This code is not right" in page.content.decode()


class TestWhoIsAsked:
    def test_not_who_signed_in_a_moment_ago(self) -> None:
        agree(member("alice"))
        client = Client()
        sign_in(client)
        assert client.post(_PACKAGE).url == "/accounts/data/"

    def test_who_signed_in_a_while_ago(self) -> None:
        member("alice")
        client = Client()
        sign_in(client)
        _asked_long_ago(client)
        assert "reauthenticate" in client.post(_PACKAGE).url

    def test_who_came_by_a_mailed_link(self) -> None:
        client = signed_in(member("alice"))
        session = client.session
        session["account_authentication_methods"] = [{"method": "password_reset", "at": time.time()}]
        session["account_authentication_methods_user"] = str(User.objects.get().pk)
        session.save()
        assert "reauthenticate" in client.post(_PACKAGE).url

    def test_staff_are_asked_for_the_second_factor(self) -> None:
        sara = staff()
        _asked_long_ago(sara)
        asked = sara.post("/accounts/close/")
        assert asked.url.startswith("/accounts/")
        assert "reauthenticate" in asked.url
