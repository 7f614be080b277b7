"""/accounts/password/reset/: a new password by e-mail."""

from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.test import Client, override_settings

from accounts.models import User
from tests.accounts.steps import PASSWORD, link_in, sent, sign_in, sign_up
from tests.base import authenticator_app, member, signed_in

pytestmark = pytest.mark.django_db


def _ask(client: Client, email: str = "alice@example.org") -> Any:
    return client.post("/accounts/password/reset/", {"email": email})


def _choose(client: Client, path: str, password: str = PASSWORD) -> Any:
    page = client.get(path)
    return client.post(page.get("Location", path), {"password1": password, "password2": password})


def test_a_new_password_by_mail() -> None:
    member("alice")
    client = Client()
    assert _ask(client).url == "/accounts/password/reset/sent/"
    assert _choose(client, link_in(sent()[0])).url == "/accounts/password/reset/done/"
    assert sign_in(client, "alice", PASSWORD).url == "/photos/"
    assert sign_in(Client()).status_code == 200


def test_the_link_works_once() -> None:
    member("alice")
    _ask(Client())
    path = link_in(sent()[0])
    _choose(Client(), path)
    assert b"has been used" in Client().get(path).content


def test_the_link_grows_old() -> None:
    member("alice")
    _ask(Client())
    path = link_in(sent()[0])
    with time_machine.travel("2099-01-01"):
        assert b"too old" in Client().get(path).content


def test_the_token_leaves_the_address_bar() -> None:
    member("alice")
    _ask(Client())
    path = link_in(sent()[0])
    assert Client().get(path).url.endswith("-set-password/")


def test_all_sessions_end() -> None:
    alice = member("alice")
    elsewhere = signed_in(alice)
    _ask(Client())
    _choose(Client(), link_in(sent()[0]))
    assert elsewhere.get("/accounts/").status_code == 302


def test_the_owner_is_told() -> None:
    member("alice")
    _ask(Client())
    _choose(Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0"), link_in(sent()[0]))
    notice = sent()[-1]
    assert notice.subject == "Your password was changed"
    assert "Firefox · Linux" in str(notice.body)


@pytest.mark.parametrize("password", ["short", "alice@example.org", "12345678901"])
def test_a_bad_password_is_refused(password: str) -> None:
    member("alice")
    _ask(Client())
    assert b"field-error" in _choose(Client(), link_in(sent()[0]), password).content


def test_p04_asking_does_not_tell_who_has_an_account() -> None:
    member("alice")
    answers = []
    for email in ("alice@example.org", "nobody@example.org"):
        client = Client()
        response = _ask(client, email)
        page = client.get(response.url).content
        answers.append((response.status_code, response.url, sorted(client.cookies), page))
    assert answers[0] == answers[1]


def test_p04_known_and_unknown_addresses_get_one_mail_each() -> None:
    """The same work for both, and a helpful word for who has forgotten the address of the account."""
    member("alice")
    _ask(Client())
    _ask(Client(), "nobody@example.org")
    assert [message.to for message in sent()] == [["alice@example.org"], ["nobody@example.org"]]
    assert "no account" in str(sent()[1].body)


def test_nobody_is_flooded_with_mail() -> None:
    for _ in range(5):
        _ask(Client(), "nobody@example.org")
    assert len(sent()) == 3


def test_the_link_goes_to_this_site_whatever_the_host_header_says() -> None:
    member("alice")
    with override_settings(ALLOWED_HOSTS=["*"]):
        Client(HTTP_HOST="evil.example").post("/accounts/password/reset/", {"email": "alice@example.org"})
    assert "evil" not in str(sent()[0].body)


def test_who_has_not_confirmed_yet_does_so_with_it() -> None:
    sign_up(Client())
    _ask(Client(), "dora@example.org")
    _choose(Client(), link_in(sent()[-1]))
    assert User.objects.get().is_confirmed


def test_p04_the_second_factor_is_still_asked_for() -> None:
    authenticator_app(member("alice"))
    client = Client()
    _ask(client)
    _choose(client, link_in(sent()[0]))
    assert sign_in(client, "alice", PASSWORD).url == "/accounts/security/authenticate/"


def test_a_closed_account_gets_no_link() -> None:
    alice = member("alice")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    _ask(Client())
    assert "no account" in str(sent()[0].body)


def test_a_mail_server_that_is_down_is_not_noticed_here() -> None:
    member("alice")
    with patch("django.core.mail.message.EmailMessage.send", side_effect=TimeoutError):
        assert _ask(Client()).url == "/accounts/password/reset/sent/"


@pytest.mark.parametrize("path", ["1-abc", "zzzzzzzzzzzzzzzz-abc", "0-set-password"])
def test_a_made_up_link_gets_a_sentence(path: str) -> None:
    assert b"has been used" in Client().get(f"/accounts/password/reset/{path}/").content
