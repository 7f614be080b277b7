"""/accounts/email/: another address for the account."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.accounts.steps import confirm_again, errors_of, link_in, sent, sign_in, sign_up
from tests.base import authenticator_app, member, signed_in

pytestmark = pytest.mark.django_db

_FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture
def client() -> Client:
    """Alice's, who has just shown that it is she."""
    client = signed_in(member("alice"))
    confirm_again(client)
    return client


def _change(client: Client, email: str = "new@example.org") -> Any:
    return client.post("/accounts/email/", {"email": email, "action_add": ""})


def test_the_new_address_counts_once_it_is_confirmed(client: Client) -> None:
    _change(client)
    assert User.objects.get().email == "alice@example.org"
    client.post(link_in(sent()[0]))
    assert User.objects.get().email == "new@example.org"
    assert EmailAddress.objects.get().email == "new@example.org"


def test_the_old_address_is_told(client: Client) -> None:
    _change(client)
    client.post(link_in(sent()[0]))
    notice = sent()[-1]
    assert notice.to == ["alice@example.org"]
    assert "new@example.org" in str(notice.body)


def test_it_can_be_called_off(client: Client) -> None:
    _change(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_remove": ""})
    assert [address.email for address in EmailAddress.objects.all()] == ["alice@example.org"]


def test_without_showing_that_it_is_you_nothing_changes() -> None:
    client = signed_in(member("alice"))
    assert _change(client).url.startswith("/accounts/reauthenticate/?next=")
    assert EmailAddress.objects.count() == 1


def test_p08_what_was_sent_is_not_kept_in_the_session() -> None:
    """Allauth would keep the whole request: address, browser, and everything that was typed."""
    client = signed_in(member("alice"))
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""}, REMOTE_ADDR="203.0.113.9")
    kept = str(dict(client.session.items()))
    assert "203.0.113.9" not in kept
    assert "new@example.org" not in kept


@pytest.mark.parametrize("email", ["nobody", "", "a@b.org\nBcc: c@d.org", "x" * 250 + "@y.org"])
def test_what_is_no_address_gets_a_sentence(client: Client, email: str) -> None:
    assert b"field-error" in _change(client, email).content


def test_the_same_address_in_another_spelling_is_no_change(client: Client) -> None:
    assert "already" in errors_of(_change(client, "Alice@EXAMPLE.org"))


def test_p04_it_does_not_tell_who_has_an_account(client: Client) -> None:
    member("bob")
    answers = []
    for email in ("bob@example.org", "nobody@example.org"):
        response = _change(client, email)
        page = _FORM_TOKEN.sub("", client.get(response.url).content.decode()).replace(email, "ADDRESS")
        answers.append((response.status_code, response.url, page))
        client.post("/accounts/email/", {"email": email, "action_remove": ""})
        client.get("/accounts/email/")
    assert answers[0] == answers[1]
    assert [message.to[0] for message in sent()[:3]].count("bob@example.org") == 1


def test_p04_somebody_elses_address_cannot_be_taken(client: Client) -> None:
    bob = member("bob")
    _change(client, "bob@example.org")
    client.post(link_in(sent()[0]))
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"
    assert User.objects.get(username="alice").email == "alice@example.org"


def test_who_can_read_the_mail_gets_the_address_from_who_only_claimed_it(client: Client) -> None:
    sign_up(Client(), username="eve", email="new@example.org")
    cache.clear()  # some minutes later: one address gets one such mail in three
    _change(client)
    client.post(link_in(sent()[-1]))
    alice = User.objects.get()  # and nobody else is left
    assert (alice.username, alice.email) == ("alice", "new@example.org")


def test_signing_in_goes_by_the_confirmed_address_only(client: Client) -> None:
    _change(client)
    assert sign_in(Client(), "new@example.org").status_code == 200


def test_who_has_a_second_factor_may_change_it_too(client: Client) -> None:
    authenticator_app(User.objects.get())
    assert _change(client).status_code == 302
    assert sent()[0].to == ["new@example.org"]
