"""What this app declares that it stores (promise P2), and the figures that it shows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User, WrittenPermission
from policy import evidence, inventory
from tests.base import authenticator_app, member

pytestmark = pytest.mark.django_db

_OURS = ("accounts.User.", "accounts.WrittenPermission.", "accounts.OutgoingMail.", "account.", "mfa.")


def test_p02_every_field_of_accounts_is_declared() -> None:
    missing = [
        name for name in inventory.undeclared() if name.startswith((*_OURS, "usersessions.", "sessions."))
    ]
    assert missing == []


def test_p02_name_phone_and_address_are_listed_with_their_purpose() -> None:
    ours = [entry for entry in inventory.entries() if entry.model is User]
    listed = {field for entry in ours for field in entry.fields}
    assert {"email", "full_name", "phone", "username", "password"} <= listed
    assert all(str(entry.purpose) and str(entry.kept) for entry in ours)


def _figures(clause: str) -> dict[str, object]:
    return {str(figure.label): figure.value for figure in evidence.of(clause)}


def test_p04_the_figures_count_what_protects() -> None:
    authenticator_app(member("alice"))
    member("bob")
    figures = _figures("P4")
    assert figures["Accounts with a confirmed e-mail address"] == 2
    assert figures["Accounts with a second factor"] == 1


def test_p05_the_figures_count_permissions_in_force() -> None:
    alice = member("alice")
    for days in (-1, 0, 1):
        until = timezone.localdate() + timedelta(days=days)
        WrittenPermission.objects.create(user=alice, given_to="Bob", document="7", valid_until=until)
    assert _figures("P5")["Written permissions in force"] == 2
