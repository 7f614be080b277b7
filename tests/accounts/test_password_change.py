"""/accounts/password/change/"""

import pytest
from django.test import Client

from tests.accounts.steps import PASSWORD, sent, sign_in
from tests.base import member, signed_in

pytestmark = pytest.mark.django_db


def _change(client: Client, old: str = "correct horse", new: str = PASSWORD, again: str = PASSWORD) -> object:
    data = {"oldpassword": old, "password1": new, "password2": again}
    return client.post("/accounts/password/change/", data)


def test_the_new_password_opens_and_the_old_one_does_not() -> None:
    _change(signed_in(member("alice")))
    assert sign_in(Client(), "alice", PASSWORD).url == "/photos/"
    assert sign_in(Client(), "alice").status_code == 200


def test_other_sessions_end_and_this_one_stays() -> None:
    alice = member("alice")
    here, elsewhere = signed_in(alice), signed_in(alice)
    _change(here)
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302


def test_the_owner_is_told() -> None:
    _change(signed_in(member("alice")))
    (notice,) = sent()
    assert notice.to == ["alice@example.org"]
    assert "/accounts/password/reset/" in str(notice.body)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", PASSWORD, PASSWORD),
        ("correct horse", PASSWORD, "another-one-77"),
        ("correct horse", "short", "short"),
        ("correct horse", "alice@example.org", "alice@example.org"),
    ],
)
def test_mistakes_get_a_sentence_and_change_nothing(old: str, new: str, again: str) -> None:
    response = _change(signed_in(member("alice")), old, new, again)
    assert b"field-error" in response.content
    assert sign_in(Client(), "alice").url == "/photos/"


def test_tries_are_slowed_down() -> None:
    client = signed_in(member("alice"))
    answers = [_change(client, "wrong").status_code for _ in range(7)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_the_advice_stands_there() -> None:
    page = signed_in(member("alice")).get("/accounts/password/change/").content.decode()
    assert "where nobody else can get at them" in page
