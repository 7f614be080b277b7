"""The outbox: no mail is lost, none is sent twice, and no address lies about."""

import logging
import smtplib
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts import letters, tasks
from accounts.models import OutgoingMail
from accounts.outbox import services
from tests.mailserver import mail_goes_to, mail_server
from tests.stack import free_port

pytestmark = pytest.mark.django_db

_SEND = "django.core.mail.message.EmailMessage.send"


def _post(address: str = "alice@example.org") -> OutgoingMail:
    message = EmailMultiAlternatives("Grüße", "Body", to=[address])
    message.attach_alternative("<p>Body</p>", "text/html")
    services.post(message)
    return OutgoingMail.objects.latest("created_at")


def test_a_message_is_sent_and_forgotten() -> None:
    _post()
    assert services.deliver_due() == 1
    assert mail.outbox[0].subject == "Grüße"
    assert mail.outbox[0].alternatives[0].content == "<p>Body</p>"
    assert not OutgoingMail.objects.exists()


def test_nobodys_holiday_note_answers_it() -> None:
    services.post(
        letters.write("accounts/mail/question", "alice@example.org", {"url": "https://x", "days": 7})
    )
    assert services.deliver_due() == 1
    message = mail.outbox[0]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.from_email == "Background Be Gone <no-reply@localhost>"


def test_a_copy_of_the_database_shows_no_address_and_no_link() -> None:
    _post()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_outgoingmail")
        stored = str(cursor.fetchall())
    assert "alice" not in stored
    assert "Body" not in stored


def test_through_a_real_mail_server() -> None:
    with mail_server() as (inbox, port), mail_goes_to(port):
        _post()
        assert services.deliver_due() == 1
    assert inbox.recipients == ["alice@example.org"]
    assert inbox.messages[0]["Subject"] == "Grüße"
    assert [part.get_content_type() for part in inbox.messages[0].walk()][1:] == ["text/plain", "text/html"]


def test_a_server_that_is_down_gets_it_when_it_is_back() -> None:
    port = free_port()
    with mail_goes_to(port):
        row = _post()
        assert services.deliver_due() == 0
        OutgoingMail.objects.filter(pk=row.pk).update(try_at=timezone.now())
        with mail_server(port) as (inbox, _port):
            assert services.deliver_due() == 1
    assert inbox.recipients == ["alice@example.org"]


def test_each_wait_is_longer_than_the_last() -> None:
    row, waits = _post(), []
    for _ in range(4):
        with patch(_SEND, side_effect=ConnectionRefusedError):
            services.deliver(row)
        row.refresh_from_db()
        waits.append(row.try_at - timezone.now())
        OutgoingMail.objects.update(try_at=timezone.now())
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=1)
    assert waits[-1] > timedelta(minutes=3)


def test_after_a_hundred_tries_it_still_has_a_time() -> None:
    row = _post()
    OutgoingMail.objects.update(attempts=100)
    row.postpone()
    row.refresh_from_db()
    assert row.try_at < timezone.now() + timedelta(hours=2)


def test_an_address_that_the_server_refuses_is_given_up() -> None:
    with mail_server() as (inbox, port), mail_goes_to(port):
        inbox.refuse["gone@example.org"] = "550 no such user"
        _post("gone@example.org")
        services.deliver_due()
    assert not OutgoingMail.objects.exists()


def test_greylisting_is_no_refusal() -> None:
    with mail_server() as (inbox, port), mail_goes_to(port):
        inbox.refuse["alice@example.org"] = "450 later"
        _post()
        services.deliver_due()
    assert OutgoingMail.objects.get().attempts == 1


@pytest.mark.parametrize("error", [smtplib.SMTPAuthenticationError(535, b"no"), TimeoutError(), OSError()])
def test_what_is_wrong_with_the_server_is_not_held_against_the_mail(error: Exception) -> None:
    _post()
    with patch(_SEND, side_effect=error):
        services.deliver_due()
    assert OutgoingMail.objects.exists()


def test_two_processes_send_it_once() -> None:
    row = _post()
    twin = OutgoingMail.objects.get()
    assert row.claim()
    assert not services.deliver(twin)
    assert not mail.outbox


def test_what_a_killed_process_had_claimed_is_sent_later() -> None:
    row = _post()
    row.claim()
    assert services.deliver_due() == 0
    OutgoingMail.objects.update(try_at=timezone.now())
    assert services.deliver_due() == 1


def test_a_queue_that_is_away_loses_nothing(django_capture_on_commit_callbacks: object) -> None:
    away = patch.object(tasks.deliver, "apply_async", side_effect=OperationalError)
    with away, django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        _post()
    assert services.deliver_due() == 1


def test_the_bell_names_the_row(django_capture_on_commit_callbacks: object) -> None:
    bell = patch.object(tasks.deliver, "apply_async")
    with bell as ring, django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        row = _post()
    assert ring.call_args.args[0] == (str(row.pk),)
    tasks.deliver(str(row.pk))
    tasks.deliver(str(row.pk))
    assert len(mail.outbox) == 1


def test_sealed_with_another_key_it_is_dropped_and_the_operator_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _post()
    with override_settings(SECRET_KEY="another"):
        services.deliver_due()
    assert not OutgoingMail.objects.exists()
    assert "SECRET_KEY" in caplog.text


def test_the_log_says_what_was_wrong_and_not_with_whom(caplog: pytest.LogCaptureFixture) -> None:
    _post()
    refused = smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"no such user alice")})
    with caplog.at_level(logging.WARNING), patch(_SEND, side_effect=refused):
        services.deliver_due()
    (record,) = [record for record in caplog.records if "refused" in record.message]
    assert vars(record)["error"] == "SMTPRecipientsRefused"
    assert "alice" not in str(vars(record))


def test_a_letter_is_text_and_html_with_a_button() -> None:
    context = {"code": 1, "password_reset_url": "http://localhost:8000/accounts/x/", "username": "a<b>"}
    with override_settings(SITE_URL="http://localhost:8000"):
        message = letters.write("account/email/password_reset_key", "alice@example.org", context)
    page = str(message.alternatives[0].content)
    assert "\n\nhttp://localhost:8000/accounts/x/\n\n" in str(message.body)
    assert 'href="http://localhost:8000/accounts/x/"' in page
    assert "a&lt;b&gt;" in page
    assert "a<b>" in str(message.body)
