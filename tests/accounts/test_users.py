"""Members: one name and one address each, however they are spelled."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.models import User
from tests.base import member

pytestmark = pytest.mark.django_db

_FULL_WIDTH = "".join(chr(ord(letter) + 0xFEE0) for letter in "alice")


@pytest.mark.parametrize(
    ("name", "email"),
    [("ALICE", "x@y.org"), (_FULL_WIDTH, "x@y.org"), ("x", "Alice@Example.ORG")],
)
def test_no_second_one_in_another_spelling(name: str, email: str) -> None:
    member("alice")
    with pytest.raises(IntegrityError):
        User.objects.create_user(name, email)


def test_letters_that_only_unicode_folds_are_one_name() -> None:
    User.objects.create_user("strasse")
    with pytest.raises(IntegrityError):
        User.objects.create_user("Straße")


def test_several_without_an_address() -> None:
    User.objects.create_user("one")
    User.objects.create_user("two")


@pytest.mark.parametrize("typed", ["alice", "ALICE", _FULL_WIDTH, " alice ", "Alice@EXAMPLE.org"])
def test_somebody_is_found_under_every_spelling(typed: str) -> None:
    alice = member("alice")
    member("bob")
    assert User.objects.known_as(typed).get() == alice


def test_the_user_name_goes_before_the_address() -> None:
    member("alice")
    odd = User.objects.create_user("alice@example.org")
    assert User.objects.known_as("alice@example.org").first() == odd


def test_staff_from_the_console_have_a_confirmed_address() -> None:
    call_command("createsuperuser", username="sara", email="Sara@Example.org", interactive=False)
    address = EmailAddress.objects.get(user__username="sara")
    assert (address.email, address.verified, address.primary) == ("sara@example.org", True, True)


def test_staff_without_an_address_are_refused_with_a_sentence() -> None:
    with pytest.raises((CommandError, ValidationError), match="address"):
        call_command("createsuperuser", username="sara", email="", interactive=False)
