"""/accounts/: the profile, and written permissions."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User, WrittenPermission
from tests.accounts.steps import errors_of
from tests.base import member, signed_in

pytestmark = pytest.mark.django_db


def _permission(user: User, days: int = 30, given_to: str = "Bob Bobson") -> WrittenPermission:
    until = timezone.localdate() + timedelta(days=days)
    return WrittenPermission.objects.create(
        user=user, given_to=given_to, document="File 7/2026", valid_until=until
    )


def test_guests_are_asked_to_sign_in() -> None:
    assert Client().get("/accounts/").url == "/accounts/login/?next=/accounts/"


def test_name_and_phone_can_be_given_changed_and_taken_back() -> None:
    client = signed_in(member("alice"))
    for name, phone, stored in [("Alice A.", "+49 30 901820", "+4930901820"), ("", "", "")]:
        client.post("/accounts/", {"full_name": name, "phone": phone})
        assert User.objects.values_list("full_name", "phone").get() == (name, stored)


def test_nothing_else_can_be_changed_here() -> None:
    client = signed_in(member("alice"))
    client.post("/accounts/", {"is_staff": "on", "is_superuser": "on", "username": "x", "email": "x@y.org"})
    alice = User.objects.get()
    assert (alice.username, alice.email, alice.is_staff) == ("alice", "alice@example.org", False)


@pytest.mark.parametrize(("field", "value"), [("full_name", "A\nBcc: x@y.org"), ("phone", "hello")])
def test_mistakes_get_a_sentence(field: str, value: str) -> None:
    client = signed_in(member("alice"))
    response = client.post("/accounts/", {"full_name": "", "phone": "", field: value})
    assert response.status_code == 422
    assert errors_of(response)


@override_settings(REQUIRE_FULL_NAME=True)
def test_p03_what_the_operator_requires_cannot_be_emptied() -> None:
    client = signed_in(member("alice"))
    assert client.post("/accounts/", {"full_name": "", "phone": ""}).status_code == 422


def test_p05_the_record_shows_in_the_account() -> None:
    alice = member("alice")
    _permission(alice)
    page = signed_in(alice).get("/accounts/").content.decode()
    assert "Bob Bobson" in page
    assert "File 7/2026" in page
    assert "In force" in page


def test_p05_nobody_sees_that_of_others() -> None:
    _permission(member("alice"))
    assert b"Bob Bobson" not in signed_in(member("bob")).get("/accounts/").content


def test_p05_one_that_has_run_out_says_so() -> None:
    alice = member("alice")
    _permission(alice, days=-1)
    assert b"Expired" in signed_in(alice).get("/accounts/").content


def test_p05_one_that_was_ended_says_so_and_ends_once() -> None:
    alice = member("alice")
    permission = _permission(alice)
    assert permission.end()
    assert not permission.end()
    assert b"Ended on" in signed_in(alice).get("/accounts/").content


def test_p05_a_record_cannot_be_changed() -> None:
    permission = _permission(member("alice"))
    permission.given_to = "Eve"
    with pytest.raises(TypeError, match="cannot be changed"):
        permission.save()


def test_the_page_costs_the_same_with_many_permissions(django_assert_max_num_queries: object) -> None:
    alice = member("alice")
    for _ in range(20):
        _permission(alice)
    client = signed_in(alice)
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        client.get("/accounts/")
