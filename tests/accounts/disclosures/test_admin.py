"""/admin/accounts/disclosure/: asking, disclosing, confirming, sealing, the file (promise P6)."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Disclosure, DisclosureConfirmation, DisclosureConsent, DisclosureExport, User
from tests.accounts.disclosures.steps import (
    COURT,
    SHOP,
    agreed,
    colleague,
    disclosed,
    form,
    in_days,
    person,
    sale,
)
from tests.base import body, member, signed_in, staff

pytestmark = pytest.mark.django_db

_REGISTER = "/admin/accounts/disclosure/"


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def client() -> Client:
    return staff()


def _sara() -> User:
    sara: User = User.objects.get(username="sara")
    return sara


def _enter(client: Client, user: User, **fields: Any) -> Any:
    return client.post(f"{_REGISTER}add/?person={user.pk}", form(**fields))


class TestDisclosing:
    def test_it_is_entered(self, alice: User, client: Client) -> None:
        answer = _enter(client, alice, sealed_until=in_days(9).isoformat())
        row = Disclosure.objects.get()
        assert answer["Location"] == f"{_REGISTER}{row.pk}/change/"
        assert (row.user, row.by, row.fields, row.recipient) == (alice, _sara(), ["email"], COURT)
        assert row.sealed_until == in_days(9)

    def test_p06_under_a_without_consent_it_is_refused(self, alice: User, client: Client) -> None:
        answer = _enter(client, alice, ground="a", evidence="")
        assert answer.status_code == 422
        assert "has not agreed" in answer.content.decode()
        assert not Disclosure.objects.exists()

    def test_p06_under_a_with_consent_it_is_not(self, alice: User, client: Client) -> None:
        agreed(alice)
        assert _enter(client, alice, ground="a", recipient=SHOP, evidence="").status_code == 302

    @pytest.mark.parametrize(
        "fields",
        [
            {"evidence": ""},
            {"items": []},
            {"items": ["password"]},
            {"recipient": ""},
            {"ground": "c"},
            {"ground": "z"},
            {"sealed_until": "2020-01-01"},
            {"sealed_until": "9999-12-31"},
            {"sealed_until": "soon"},
            {"ground": "a", "sealed_until": "2999-01-01"},
            {"evidence": "x" * 501},
        ],
        ids=str,
    )
    def test_wrong_input_gets_a_sentence(self, alice: User, client: Client, fields: dict[str, Any]) -> None:
        answer = _enter(client, alice, **fields)
        assert answer.status_code == 422
        assert "staff-error" in answer.content.decode()
        assert not Disclosure.objects.exists()

    @pytest.mark.parametrize(
        "words", ["re Archer, Alice", "ALICE archer", "tel. +49 30 901820", "alice@example.org said"]
    )
    def test_p16_what_outlives_the_account_does_not_name_the_person(
        self, alice: User, client: Client, words: str
    ) -> None:
        text = words.replace(",", "")
        for field in ("evidence", "recipient"):
            assert "outlives the account" in _enter(client, alice, **{field: text}).content.decode()

    @pytest.mark.parametrize("key", ["0", "x", "999999", "-1"])
    def test_somebody_who_does_not_exist_is_not_found(self, client: Client, key: str) -> None:
        for page in ("add", "ask"):
            assert client.get(f"{_REGISTER}{page}/?person={key}").status_code == 404

    def test_entries_cannot_be_changed_or_deleted(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara())
        assert client.post(f"{_REGISTER}{row.pk}/change/", form(recipient="x")).status_code == 405
        assert client.post(f"{_REGISTER}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        row.refresh_from_db()
        assert row.recipient == COURT


class TestAsking:
    def test_p06_the_person_is_asked(self, alice: User, client: Client) -> None:
        question = {"recipient": SHOP, "items": ["email", "phone"], "purpose": "A frame."}
        client.post(f"{_REGISTER}ask/?person={alice.pk}", question)
        consent = DisclosureConsent.objects.get()
        assert (consent.user, consent.fields, consent.state) == (alice, ["email", "phone"], "asked")

    def test_twice_at_once_is_said(self, alice: User, client: Client) -> None:
        question = {"recipient": SHOP, "items": ["email"], "purpose": "A frame."}
        answers = [client.post(f"{_REGISTER}ask/?person={alice.pk}", question) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 422]
        assert "waits for the answer" in answers[1].content.decode()


def _file(client: Client, row: Disclosure, format: str = "csv") -> Any:
    return client.post(f"{_REGISTER}{row.pk}/file/", {"format": format})


class TestTheFile:
    def test_p06_it_holds_exactly_the_chosen_fields(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara(), fields=["full_name", "email"])
        sheet = body(_file(client, row)).decode("utf-8-sig").splitlines()
        assert sheet == ["Full name,E-mail address", "Alice Archer,alice@example.org"]

    def test_as_json_too(self, alice: User, client: Client) -> None:
        answer = _file(client, disclosed(alice, _sara(), fields=["phone", "date_joined"]), "json")
        (found,) = json.loads(answer.content)["people"]
        assert found.keys() == {"phone", "date_joined"}
        assert found["phone"] == "+4930901820"
        assert "alice" not in answer["Content-Disposition"]

    def test_no_spreadsheet_runs_it(self, alice: User, client: Client) -> None:
        User.objects.filter(pk=alice.pk).update(full_name="=HYPERLINK(A1)")
        row = disclosed(alice, _sara(), fields=["full_name", "phone"])
        assert body(_file(client, row)).decode().splitlines()[1] == "'=HYPERLINK(A1),'+4930901820"

    def test_p06_each_click_is_noted(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara())
        for kind in ("csv", "json"):
            _file(client, row, kind)
        noted = DisclosureExport.objects.order_by("pk").values_list("format", "people", "by__username")
        assert list(noted) == [("csv", 1, "sara"), ("json", 1, "sara")]

    def test_p06_there_is_none_without_a_disclosure(self, client: Client) -> None:
        assert client.post(f"{_REGISTER}1/file/", {"format": "csv"}).status_code == 404

    def test_p06_opening_the_address_makes_none(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara())
        assert client.get(f"{_REGISTER}{row.pk}/file/").status_code == 405
        assert not DisclosureExport.objects.exists()

    def test_p06_after_the_agreement_is_withdrawn_there_is_none(self, alice: User, client: Client) -> None:
        consent = agreed(alice)
        row = disclosed(alice, _sara(), ground="a", recipient=SHOP)
        consent.withdraw()
        page = client.post(f"{_REGISTER}{row.pk}/file/", {"format": "csv"}, follow=True)
        assert "withdrawn the agreement" in page.content.decode()
        assert not DisclosureExport.objects.exists()

    def test_p06_after_the_account_is_erased_there_is_none(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara())
        alice.delete()
        page = client.post(f"{_REGISTER}{row.pk}/file/", {"format": "csv"}, follow=True)
        assert "has been erased" in page.content.decode()

    def test_p06_a_browser_left_open_is_not_enough(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara())
        session = client.session
        shown = {**session["account_authentication_methods"][0], "at": 1.0}
        session["account_authentication_methods"] = [shown]
        session.save()
        answer = _file(client, row)
        assert "reauthenticate" in answer["Location"]
        assert f"{row.pk}%2Fchange" in answer["Location"]
        assert not DisclosureExport.objects.exists()

    @pytest.mark.parametrize("format", ["", "xlsx", "../x"])
    def test_another_format_is_not_known(self, alice: User, client: Client, format: str) -> None:
        assert _file(client, disclosed(alice, _sara()), format).status_code == 404


class TestWhoMay:
    _PAGES = ("add/?person={alice}", "ask/?person={alice}", "{row}/change/", "")
    _DEEDS = ("{row}/file/", "{row}/confirm/", "{row}/seal/", "add/?person={alice}", "ask/?person={alice}")

    def test_p06_guests_and_members_get_nowhere(self, alice: User, client: Client) -> None:
        row, bob = disclosed(alice, _sara()), signed_in(member("bob"))
        for page in (*self._PAGES, *self._DEEDS):
            path = _REGISTER + page.format(alice=alice.pk, row=row.pk)
            assert Client().get(path)["Location"].startswith("/admin/login/")
            assert bob.post(path)["Location"].startswith("/admin/login/")
        assert not DisclosureExport.objects.exists()

    def test_p06_staff_without_the_permission_get_nowhere(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara(), sealed_until=in_days(9))
        _user, other = colleague("clara", "view_user", "change_user")
        for page in self._PAGES:
            assert other.get(_REGISTER + page.format(alice=alice.pk, row=row.pk)).status_code == 403
        for deed in self._DEEDS:
            assert other.post(_REGISTER + deed.format(alice=alice.pk, row=row.pk), form()).status_code == 403
        assert (Disclosure.objects.count(), DisclosureExport.objects.count()) == (1, 0)

    def test_p06_reading_the_register_is_not_making_files(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara())
        _user, reader = colleague("clara", "view_disclosure")
        page = reader.get(f"{_REGISTER}{row.pk}/change/").content.decode()
        assert "download" not in page
        assert "alice@example.org" not in page
        assert _file(reader, row).status_code == 403

    def test_p06_a_seal_is_renewed_by_a_superuser_alone(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara(), sealed_until=in_days(9))
        longer = {"until": in_days(99).isoformat(), "reason": "Order of 1 March"}
        everything = Permission.objects.values_list("codename", flat=True)
        _user, clara = colleague("clara", *everything)
        assert clara.post(f"{_REGISTER}{row.pk}/seal/", longer).status_code == 403
        client.post(f"{_REGISTER}{row.pk}/seal/", longer)
        assert row.renewals.get().reason == "Order of 1 March"

    def test_a_wrong_renewal_gets_a_sentence(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara(), sealed_until=in_days(9))
        answer = client.post(f"{_REGISTER}{row.pk}/seal/", {"until": in_days(2).isoformat(), "reason": "x"})
        assert answer.status_code == 422
        assert "as long as that already" in answer.content.decode()


class TestASale:
    def test_p06_it_takes_two(self, client: Client) -> None:
        client.post(f"{_REGISTER}add/", form(ground="c", recipient="New Owner Ltd", items=["email"]))
        row = Disclosure.objects.get()
        client.post(f"{_REGISTER}{row.pk}/confirm/")
        assert not DisclosureConfirmation.objects.exists()
        tom, other = colleague("tom", "view_disclosure", "add_disclosureconfirmation")
        assert "Confirm and tell" in other.get(f"{_REGISTER}{row.pk}/change/").content.decode()
        other.post(f"{_REGISTER}{row.pk}/confirm/")
        assert DisclosureConfirmation.objects.get().by == tom

    def test_p06_there_is_no_file_yet(self, client: Client) -> None:
        row = sale(_sara())
        page = client.post(f"{_REGISTER}{row.pk}/file/", {"format": "csv"}, follow=True).content.decode()
        assert "second member of staff" in page

    def test_one_person_cannot_be_sold(self, alice: User, client: Client) -> None:
        assert _enter(client, alice, ground="c").status_code == 422

    def test_what_needs_no_second_signature_takes_none(self, alice: User, client: Client) -> None:
        row = disclosed(alice, _sara())
        _tom, other = colleague("tom", "view_disclosure", "add_disclosureconfirmation")
        other.post(f"{_REGISTER}{row.pk}/confirm/")
        assert not DisclosureConfirmation.objects.exists()


def test_the_list_costs_the_same_for_many(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(10):
        disclosed(member(f"user{number}"), _sara())
    with django_assert_max_num_queries(9):
        page = client.get(_REGISTER)
    assert "user3" in page.content.decode()


def test_somebody_erased_is_said_to_be(client: Client, alice: User) -> None:
    row = disclosed(alice, _sara())
    alice.delete()
    assert "erased" in client.get(_REGISTER).content.decode()
    assert "has been erased" in client.get(f"{_REGISTER}{row.pk}/change/").content.decode()
