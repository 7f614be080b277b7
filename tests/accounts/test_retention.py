"""What of accounts goes, and when (promise P16)."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import HeldName, OutgoingMail, User
from policy import retention
from tests.accounts.steps import sign_in, sign_up
from tests.base import member

pytestmark = pytest.mark.django_db


def _run(name: str) -> int:
    (rule,) = [rule for rule in retention.rules() if rule.name == name]
    return rule.delete()


def _age(days: float) -> None:
    User.objects.update(date_joined=timezone.now() - timedelta(days=days))


def test_p16_a_sign_up_that_nobody_confirms_is_deleted() -> None:
    sign_up(Client())
    _age(2.9)
    assert _run("unconfirmed-accounts") == 0
    _age(3.1)
    assert _run("unconfirmed-accounts") == 1
    assert not User.objects.exists()


def test_p16_a_name_held_for_a_known_address_goes_the_same_way() -> None:
    member("alice")
    sign_up(Client(), username="eve", email="alice@example.org")
    assert [user.username for user in User.objects.all()] == ["alice"]
    _run("unconfirmed-accounts")
    assert HeldName.is_held("EVE")
    HeldName.objects.update(created_at=timezone.now() - timedelta(days=3.1))
    _run("unconfirmed-accounts")
    assert not HeldName.objects.exists()


def test_p16_an_account_without_an_address_from_before_goes_at_once() -> None:
    User.objects.create(username="eve")
    _run("unconfirmed-accounts")
    assert not User.objects.exists()


def test_members_and_staff_stay() -> None:
    member("alice")
    User.objects.create_superuser("sara", "sara@example.org", "x")
    User.objects.create_user("old", "old@example.org", is_staff=True)
    _age(1000)
    assert _run("unconfirmed-accounts") == 0


def test_p16_entries_of_ended_sessions_go() -> None:
    member("alice")
    for _ in range(2):
        sign_in(Client())
    Session.objects.first().delete()
    assert _run("session-list") == 1
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize(("days", "is_over"), [(89, False), (91, True)])
def test_p04_a_session_ends_however_often_it_is_used(days: int, is_over: bool) -> None:
    member("alice")
    client = Client()
    sign_in(client)
    UserSession.objects.update(created_at=timezone.now() - timedelta(days=days))
    _run("session-list")
    assert (client.get("/accounts/").status_code == 302) == is_over
    assert UserSession.objects.exists() != is_over


def test_p16_mail_that_cannot_be_sent_goes_after_two_days() -> None:
    for hours in (1, 49):
        OutgoingMail.objects.create(sealed="x", created_at=timezone.now() - timedelta(hours=hours))
    assert _run("outgoing-mail") == 1


def test_p16_mail_files_go_after_a_week(tmp_path: Path) -> None:
    for name, days in (("new", 6), ("old", 8)):
        file = tmp_path / f"{name}.eml"
        file.touch()
        os.utime(file, (time.time() - days * 86400,) * 2)
    with override_settings(EMAIL_FILE_PATH=str(tmp_path)):
        assert _run("mail-files") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["new.eml"]


def test_without_any_mail_file_there_is_nothing_to_do(tmp_path: Path) -> None:
    with override_settings(EMAIL_FILE_PATH=str(tmp_path / "none")):
        assert _run("mail-files") == 0
