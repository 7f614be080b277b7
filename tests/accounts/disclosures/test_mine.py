"""/accounts/disclosures/: what somebody sees of disclosures, agreements and looks (promise P6)."""

import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.disclosures import services
from accounts.models import DisclosureConsent, User
from accounts.people.services import look
from tests.accounts.disclosures.steps import COURT, SHOP, agreed, disclosed, in_days, person, sale
from tests.accounts.leaving.steps import erased, exported
from tests.base import member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def sara() -> User:
    user: User = User.objects.create_superuser("sara", "sara@example.org", "x")
    return user


def _page(user: User) -> str:
    return signed_in(user).get("/accounts/disclosures/").content.decode()


def test_it_is_for_the_person_alone() -> None:
    assert Client().get("/accounts/disclosures/")["Location"].startswith("/accounts/login/")


def test_it_is_found_from_the_account(alice: User) -> None:
    assert 'href="/accounts/disclosures/"' in signed_in(alice).get("/accounts/").content.decode()


def test_p06_what_was_disclosed_is_shown_with_everything(alice: User, sara: User) -> None:
    row = disclosed(alice, sara)
    list(services.export(row, by=sara, format="csv"))
    page = _page(alice)
    for words in (COURT, "12 Js 345/26", "(b) The law requires it", "E-mail address", "File made on"):
        assert words in page
    assert COURT not in _page(member("bob"))


def test_p06_a_sealed_one_is_hidden_and_then_shown(alice: User, sara: User, time_machine: Any) -> None:
    disclosed(alice, sara, sealed_until=in_days(3))
    assert COURT not in _page(alice)
    time_machine.move_to(timezone.now() + timedelta(days=3))
    assert COURT in _page(alice)


def test_p06_a_sale_is_shown_to_everybody_once_confirmed(alice: User, sara: User) -> None:
    row = sale(sara)
    assert "New Owner Ltd" not in _page(alice)
    services.confirm(row, by=member("tom"))
    assert "New Owner Ltd" in _page(alice)


def test_p06_looks_are_shown_with_their_reason(alice: User, sara: User) -> None:
    look(alice, by=sara, reason="other", note="Lost letter")
    page = _page(alice)
    assert "Another reason" in page
    assert "Lost letter" in page
    assert "sara" not in page


@pytest.mark.parametrize(("said", "state"), [("give", "given"), ("refuse", "refused")])
def test_p06_the_person_agrees_or_refuses(alice: User, sara: User, said: str, state: str) -> None:
    consent = services.ask(alice, by=sara, recipient=SHOP, fields=["email"], purpose="A frame.")
    client = signed_in(alice)
    assert "A frame." in client.get("/accounts/disclosures/").content.decode()
    client.post(f"/accounts/disclosures/{consent.pk}/answer/", {"answer": said})
    assert DisclosureConsent.objects.get().state == state


def test_p06_a_yes_is_withdrawn(alice: User) -> None:
    consent = agreed(alice)
    signed_in(alice).post(f"/accounts/disclosures/{consent.pk}/answer/", {"answer": "withdraw"})
    assert DisclosureConsent.objects.get().state == "withdrawn"


def test_p06_nobody_answers_for_somebody_else(alice: User, sara: User) -> None:
    consent = services.ask(alice, by=sara, recipient=SHOP, fields=["email"], purpose="A frame.")
    for client in (signed_in(member("bob")), signed_in(sara)):
        answer = client.post(f"/accounts/disclosures/{consent.pk}/answer/", {"answer": "give"})
        assert answer.status_code == 404
    assert DisclosureConsent.objects.get().state == "asked"


@pytest.mark.parametrize("said", ["", "maybe", "withdraw"])
def test_another_answer_changes_nothing(alice: User, sara: User, said: str) -> None:
    consent = services.ask(alice, by=sara, recipient=SHOP, fields=["email"], purpose="A frame.")
    path = f"/accounts/disclosures/{consent.pk}/answer/"
    page = signed_in(alice).post(path, {"answer": said}, follow=True).content.decode()
    assert "answered already" in page
    assert DisclosureConsent.objects.get().state == "asked"


def _facts(user: User) -> dict[str, Any]:
    with default_storage.open(exported(user.username).file) as file, zipfile.ZipFile(file) as package:
        facts: dict[str, Any] = json.loads(package.read("data.json"))
    return facts


def test_p16_open_entries_are_taken_along_and_sealed_ones_are_not(alice: User, sara: User) -> None:
    disclosed(alice, sara)
    disclosed(alice, sara, recipient="Secret Service", sealed_until=in_days(9))
    agreed(alice)
    facts = _facts(alice)
    assert [row["recipient"] for row in facts["accounts.Disclosure"]] == [COURT]
    assert facts["accounts.DisclosureConsent"][0]["recipient"] == SHOP
    assert "Secret Service" not in json.dumps(facts)


def test_p16_so_does_the_page_of_what_is_held(alice: User, sara: User) -> None:
    disclosed(alice, sara, sealed_until=in_days(9))
    page = signed_in(alice).get("/accounts/data/").content.decode()
    assert "Disclosures <" not in page


def test_p16_after_erasing_the_entry_stays_and_names_nobody(alice: User, sara: User) -> None:
    row = disclosed(alice, sara)
    look(alice, by=sara, reason="support")
    erased("alice")
    row.refresh_from_db()
    assert (row.user, row.ground) == (None, "b")
    assert services.first_broken_row() is None
