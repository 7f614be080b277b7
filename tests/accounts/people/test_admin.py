"""/admin/accounts/user/: the daily work with people, and what it does not give away (promise P6)."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.test import Client, RequestFactory

from accounts.models import ContactLook, User
from accounts.people.services import look
from tests.accounts.disclosures.steps import agreed, colleague, disclosed, person
from tests.accounts.steps import sent, sign_in
from tests.base import member, signed_in, staff

pytestmark = pytest.mark.django_db

_PEOPLE = "/admin/accounts/user/"
_CONTACT = ("alice@example.org", "Archer", "4930901820", "30 901820")


@pytest.fixture
def alice() -> User:
    return person()


@pytest.fixture
def client() -> Client:
    return staff()


def _shown(page: Any) -> list[str]:
    return [text for text in _CONTACT if text in page.content.decode()]


class TestMasks:
    @pytest.mark.parametrize(
        "query", ["", "?q=alice", "?q=alice%40example.org", "?q=Archer", "?q=%2B4930901820"]
    )
    def test_p06_the_list_masks_contact_data(self, alice: User, client: Client, query: str) -> None:
        page = client.get(f"{_PEOPLE}{query}")
        text = page.content.decode()
        assert [words for words in ("a•••@e•••.org", "•••• 1820", "A••• A•••") if words not in text] == []
        body = text.replace('value="alice@example.org"', "").replace('value="Archer"', "")
        assert "alice@example.org" not in body.replace('value="+4930901820"', "")

    def test_p06_so_does_the_page_of_a_person(self, alice: User, client: Client) -> None:
        page = client.get(f"{_PEOPLE}{alice.pk}/change/")
        assert "a•••@e•••.org" in page.content.decode()
        assert _shown(page) == []

    @pytest.mark.parametrize(
        "lookup",
        ["email__startswith=a", "phone__startswith=%2B4", "full_name__regex=A", "password__startswith=a"],
    )
    def test_p06_no_filter_reads_what_is_masked(self, alice: User, client: Client, lookup: str) -> None:
        assert client.get(f"{_PEOPLE}?{lookup}").status_code in (302, 400)

    @pytest.mark.parametrize("number", [1, 20])
    def test_one_person_costs_the_same_with_a_long_history(
        self, alice: User, client: Client, number: int, django_assert_num_queries: Any
    ) -> None:
        sara = User.objects.get(username="sara")
        for _ in range(number):
            disclosed(alice, sara)
            look(alice, by=sara, reason="support")
        with django_assert_num_queries(20):
            client.get(f"{_PEOPLE}{alice.pk}/change/")

    def test_p06_nothing_masked_can_be_sorted_by(self, client: Client) -> None:
        people = admin.site.get_model_admin(User)
        masked = [
            getattr(people, str(name)) for name in people.list_display if str(name).startswith("masked")
        ]
        assert len(masked) == 3
        assert not [column for column in masked if hasattr(column, "admin_order_field")]


class TestLooking:
    def _look(self, client: Client, user: User, **fields: str) -> Any:
        return client.post(f"{_PEOPLE}{user.pk}/contact/", {"reason": "support", "note": "", **fields})

    def test_p06_for_a_reason_it_is_opened_and_noted(self, alice: User, client: Client) -> None:
        page = self._look(client, alice)
        assert _shown(page) == ["alice@example.org", "Archer", "4930901820"]
        noted = ContactLook.objects.get()
        assert (noted.user, noted.by, noted.reason) == (alice, User.objects.get(username="sara"), "support")
        assert "no-store" in page["Cache-Control"]

    @pytest.mark.parametrize("fields", [{"reason": ""}, {"reason": "curious"}, {"reason": "other"}])
    def test_p06_without_one_it_is_not(self, alice: User, client: Client, fields: dict[str, str]) -> None:
        page = self._look(client, alice, **fields)
        assert page.status_code == 422
        assert _shown(page) == []
        assert not ContactLook.objects.exists()

    def test_p06_the_person_sees_it(self, alice: User, client: Client) -> None:
        self._look(client, alice, reason="other", note="Wrong parcel")
        assert "Wrong parcel" in signed_in(alice).get("/accounts/disclosures/").content.decode()

    def test_p06_the_address_alone_opens_nothing(self, alice: User, client: Client) -> None:
        assert client.get(f"{_PEOPLE}{alice.pk}/contact/").status_code == 405

    def test_p06_only_who_may(self, alice: User) -> None:
        _clara, clerk = colleague("clara", "view_user", "change_user")
        assert self._look(clerk, alice).status_code == 403
        assert "Note and open" not in clerk.get(f"{_PEOPLE}{alice.pk}/change/").content.decode()
        assert self._look(signed_in(member("bob")), alice).status_code == 302
        assert not ContactLook.objects.exists()

    def test_p06_it_is_not_done_by_the_hundred(self, alice: User, client: Client) -> None:
        answers = [self._look(client, alice).status_code for _ in range(61)]
        assert answers[-2:] == [200, 429]
        assert ContactLook.objects.count() == 60

    def test_p06_a_note_of_it_cannot_be_changed(self, alice: User, client: Client) -> None:
        self._look(client, alice)
        noted = ContactLook.objects.get()
        for attempt in (noted.save, noted.delete, ContactLook.objects.all().delete):
            with pytest.raises(TypeError):
                attempt()

    def test_p16_it_goes_with_the_account(self, alice: User, client: Client) -> None:
        self._look(client, alice)
        alice.delete()
        assert not ContactLook.objects.exists()


class TestMoves:
    def _do(self, client: Client, user: User, name: str) -> str:
        page = client.post(f"{_PEOPLE}{user.pk}/do/{name}/", follow=True)
        return str(page.content.decode())

    def test_locking_ends_sessions_and_keeps_people_out(self, alice: User, client: Client) -> None:
        phone = Client()
        sign_in(phone)
        assert UserSession.objects.filter(user=alice).exists()
        assert "locked, and its sessions have ended" in self._do(client, alice, "lock")
        assert phone.get("/accounts/").status_code == 302
        assert sign_in(Client())["Location"] == "/accounts/inactive/"
        assert not UserSession.objects.filter(user=alice).exists()

    def test_unlocked_they_sign_in_again(self, alice: User, client: Client) -> None:
        for name in ("lock", "unlock"):
            self._do(client, alice, name)
        assert sign_in(Client()).status_code == 302

    def test_twice_is_said(self, alice: User, client: Client) -> None:
        self._do(client, alice, "lock")
        assert "locked already" in self._do(client, alice, "lock")
        assert "had no session" in self._do(client, alice, "end-sessions")

    def test_sessions_end_and_the_account_stays_open(self, alice: User, client: Client) -> None:
        phone = Client()
        sign_in(phone)
        self._do(client, alice, "end-sessions")
        assert phone.get("/accounts/").status_code == 302
        assert User.objects.get(pk=alice.pk).is_active

    def test_the_confirmation_is_sent_again(self, alice: User, client: Client) -> None:
        EmailAddress.objects.filter(user=alice).update(verified=False)
        assert "on its way" in self._do(client, alice, "verify")
        assert [letter.to for letter in sent()] == [["alice@example.org"]]
        assert "/accounts/confirm-email/" in str(sent()[0].body)

    def test_but_not_to_who_has_confirmed(self, alice: User, client: Client) -> None:
        assert "nothing to confirm" in self._do(client, alice, "verify")
        assert not sent()

    @pytest.mark.parametrize("name", ["delete", "x", "__class__"])
    def test_nothing_else_is_done(self, alice: User, client: Client, name: str) -> None:
        assert client.post(f"{_PEOPLE}{alice.pk}/do/{name}/").status_code == 403

    def test_a_link_does_nothing(self, alice: User, client: Client) -> None:
        assert client.get(f"{_PEOPLE}{alice.pk}/do/lock/").status_code == 405

    def test_p04_nobody_locks_themselves_or_a_superuser(self, client: Client) -> None:
        sara = User.objects.get(username="sara")
        assert client.post(f"{_PEOPLE}{sara.pk}/do/lock/").status_code == 403
        _clara, clerk = colleague("clara", "view_user", "change_user")
        assert clerk.post(f"{_PEOPLE}{sara.pk}/do/lock/").status_code == 403
        clerk.post(_PEOPLE, {"action": "lock", "_selected_action": [sara.pk]})
        assert User.objects.get(pk=sara.pk).is_active

    @pytest.mark.parametrize(
        ("action", "is_active"), [("lock", False), ("unlock", True), ("end_sessions", True)]
    )
    def test_many_at_once(self, alice: User, client: Client, action: str, is_active: bool) -> None:
        bob = member("bob")
        User.objects.filter(pk__in=[alice.pk, bob.pk]).update(is_active=action != "unlock")
        client.post(_PEOPLE, {"action": action, "_selected_action": [alice.pk, bob.pk]})
        states = User.objects.filter(pk__in=[alice.pk, bob.pk]).values_list("is_active", flat=True)
        assert set(states) == {is_active}

    def test_the_page_leads_to_a_disclosure(self, alice: User, client: Client) -> None:
        agreed(alice)
        row = disclosed(alice, User.objects.get(username="sara"))
        page = client.get(f"{_PEOPLE}{alice.pk}/change/").content.decode()
        assert f"/admin/accounts/disclosure/add/?person={alice.pk}" in page
        assert f"/admin/accounts/disclosure/{row.pk}/change/" in page


# Nothing that an action of a list in the admin may be called, but for these.
_ACTIONS = {"delete_selected", "lock", "unlock", "end_sessions", "end", "close", "mail_again", "withdraw"}
_PERSONAL = {"email", "phone", "full_name", "address", "password"}


def _admins() -> list[Any]:
    return list(admin.site._registry.values())


class TestTheWholeAdmin:
    @pytest.mark.parametrize("model_admin", _admins(), ids=lambda found: found.model.__name__)
    def test_p06_no_action_takes_anything_out(self, client: Client, model_admin: Any) -> None:
        request = RequestFactory().get("/")
        request.user = User.objects.get(username="sara")
        assert set(model_admin.get_actions(request)) <= _ACTIONS

    @pytest.mark.parametrize("model_admin", _admins(), ids=lambda found: found.model.__name__)
    def test_p06_no_list_shows_contact_data(self, client: Client, model_admin: Any) -> None:
        request = RequestFactory().get("/")
        request.user = User.objects.get(username="sara")
        columns = {*model_admin.get_list_display(request), *model_admin.get_list_filter(request)}
        assert not [name for name in map(str, columns) if set(name.split("__")) & _PERSONAL]

    def test_p06_every_list_rendered_shows_no_contact_data(self, alice: User, client: Client) -> None:
        sara = User.objects.get(username="sara")
        agreed(alice)
        list_of = disclosed(alice, sara)
        client.post(f"{_PEOPLE}{alice.pk}/contact/", {"reason": "support"})
        client.post(f"{_PEOPLE}{alice.pk}/do/lock/")
        for model in admin.site._registry:
            meta = model._meta
            page = client.get(f"/admin/{meta.app_label}/{meta.model_name}/")
            assert page.status_code == 200
            assert _shown(page) == [], meta.label
        assert _shown(client.get(f"/admin/accounts/disclosure/{list_of.pk}/change/")) == []
        assert _shown(client.get("/admin/")) == []

    @pytest.mark.parametrize("action", ["lock", "unlock", "end_sessions"])
    def test_p06_what_an_action_answers_holds_none(self, alice: User, client: Client, action: str) -> None:
        data = {"action": action, "_selected_action": [alice.pk]}
        page = client.post(_PEOPLE, data, follow=True)
        assert "Content-Disposition" not in page
        assert _shown(page) == []
