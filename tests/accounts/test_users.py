"""Members: one name and one address each, whatever their case; signing in and out."""

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from tests.base import member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "email"), [("ALICE", "x@y.org"), ("x", "Alice@Example.ORG")])
def test_no_second_one_in_another_case(name: str, email: str) -> None:
    member("alice")
    with pytest.raises(IntegrityError):
        User.objects.create_user(name, email)


def test_several_without_an_address() -> None:
    User.objects.create_user("one")
    User.objects.create_user("two")


def test_signing_in_and_out() -> None:
    member("alice")
    client = Client()
    data = {"username": "alice", "password": "correct horse"}
    assert client.post("/accounts/login/", data).url == "/photos/"
    assert "Sign out" in client.get("/").content.decode()
    client.post("/accounts/logout/")
    assert "Sign in" in client.get("/").content.decode()


def test_the_wrong_password_gets_a_sentence() -> None:
    member("alice")
    response = Client().post("/accounts/login/", {"username": "alice", "password": "x"})
    assert response.status_code == 200
    assert b"alert" in response.content


def test_p04_a_list_of_passwords_is_slowed_down() -> None:
    answers = [
        Client().post("/accounts/login/", {"username": f"u{n}", "password": "x"}).status_code
        for n in range(25)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429
