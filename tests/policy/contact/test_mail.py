"""The e-mails of a message: sent once, tried again while the mail server is down (promise P1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from bgbegone.celery import app
from policy.contact import services, tasks
from policy.contact.models import MOST_ATTEMPTS
from policy.models import ContactMail, ContactMessage
from tests.mailserver import mail_goes_to, mail_server
from tests.policy.contact.base import received
from tests.stack import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _to_us() -> Any:
    with override_settings(CONTACT_EMAIL="us@example.net"):
        yield


def _notice() -> ContactMail:
    return ContactMail.objects.get(kind=ContactMail.Kind.NOTICE)


class TestDelivery:
    def test_p01_a_message_survives_a_mail_server_that_is_down(self) -> None:
        port = free_port()
        with mail_goes_to(port):
            message = received()
            services.send_due()
            assert _notice().mailed_at is None
            assert ContactMessage.objects.get() == message
            with mail_server(port) as (inbox, _), time_machine.travel(timezone.now() + timedelta(minutes=2)):
                services.send_due()
        assert inbox.recipients == ["us@example.net"]
        assert inbox.messages[0]["Auto-Submitted"] == "auto-generated"
        assert "What do you store of me?" in inbox.messages[0].get_content()
        assert _notice().mailed_at is not None

    def test_nothing_is_sent_twice(self) -> None:
        received()
        for _ in range(3):
            services.send_due()
        assert len(mail.outbox) == 1

    def test_two_workers_send_one(self) -> None:
        received()
        row = ContactMail.objects.get()
        assert [row.claim(), row.claim()] == [True, False]

    def test_the_queue_is_asked_after_the_message_is_safe(
        self, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks.send, "apply_async", lambda args, *_, **__: tasks.send.run(*args))
        with django_capture_on_commit_callbacks() as callbacks:
            received()
        assert not mail.outbox
        for callback in callbacks:
            callback()
        assert len(mail.outbox) == 1

    def test_a_queue_that_is_away_loses_nothing(
        self, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: object, **__: object) -> None:
            raise OperationalError

        monkeypatch.setattr(tasks.send, "apply_async", away)
        with django_capture_on_commit_callbacks(execute=True):
            received()
        tasks.send_due()
        assert len(mail.outbox) == 1

    def test_the_clock_knows_the_task(self) -> None:
        assert "policy.contact.tasks.send_due" in {entry["task"] for entry in app.conf.beat_schedule.values()}
        for task in (tasks.send_due, tasks.send):
            assert app.amqp.router.route({}, task.name)["queue"].name == "mail"

    def test_without_an_address_of_ours_it_is_only_kept(self) -> None:
        with override_settings(CONTACT_EMAIL=""):
            received()
            services.send_due()
        assert not mail.outbox
        services.send_due()
        assert len(mail.outbox) == 1, "it goes out when the operator sets one"

    def test_a_message_that_was_dealt_with_meanwhile_needs_no_notice(self) -> None:
        received().close()
        services.send_due()
        assert not mail.outbox


class TestRetries:
    def _fail(self, at: datetime) -> None:
        with time_machine.travel(at, tick=False), mail_goes_to(free_port()):
            services.send_due()

    def test_the_time_between_two_tries_doubles_up_to_six_hours(self) -> None:
        received()
        waits, now = [], datetime.now(UTC) + timedelta(seconds=1)
        for _ in range(11):
            self._fail(now)
            waits.append(_notice().due_at - now)
            now = _notice().due_at
        assert [wait.total_seconds() / 60 for wait in waits[:4]] == [1, 2, 4, 8]
        assert max(waits) == waits[-1] == timedelta(hours=6)

    def test_it_is_not_tried_before_its_time(self) -> None:
        received()
        now = timezone.now() + timedelta(seconds=1)
        self._fail(now)
        self._fail(now + timedelta(seconds=30))
        assert _notice().attempts == 1

    def test_tries_have_an_end_that_can_be_seen_and_a_new_beginning(self) -> None:
        received()
        ContactMail.objects.update(attempts=MOST_ATTEMPTS)
        services.send_due()
        assert not mail.outbox
        assert _notice().is_given_up
        assert services.mail_again(ContactMail.objects.all()) == 1
        services.send_due()
        assert len(mail.outbox) == 1

    def test_what_has_gone_out_does_not_begin_anew(self) -> None:
        received()
        services.send_due()
        assert services.mail_again(ContactMail.objects.all()) == 0

    def test_a_server_that_is_away_is_not_asked_for_every_message(self) -> None:
        for number in range(5):
            ContactMessage.objects.create(
                email="d@example.org", topic="other", message=str(number), language="en"
            )
        for message in ContactMessage.objects.all():
            message.mails.create(kind=ContactMail.Kind.NOTICE)
        self._fail(timezone.now() + timedelta(seconds=1))
        assert ContactMail.objects.filter(attempts=1).count() == 3

    def test_one_address_that_is_refused_does_not_hold_up_the_others(self) -> None:
        bad, good = received(email="gone@example.org"), received(email="there@example.org")
        for message in (bad, good):
            services.answer(message, "Here you are.", by=_writer())
        with mail_server() as (inbox, port), mail_goes_to(port):
            inbox.refuse["gone@example.org"] = "550 no such mailbox"
            services.send_due()
        assert inbox.recipients == ["there@example.org"]

    def test_a_failure_is_logged_without_an_address(self, caplog: pytest.LogCaptureFixture) -> None:
        received()
        self._fail(timezone.now() + timedelta(seconds=1))
        lines = [str(vars(record)) for record in caplog.records if record.message == "contact mail not sent"]
        assert len(lines) == 1
        assert "example." not in lines[0]


class TestLetters:
    def test_p01_the_notice_can_be_answered_to_the_person(self) -> None:
        message = received()
        services.send_due()
        notice = mail.outbox[0]
        assert (notice.to, notice.reply_to) == (["us@example.net"], ["dora@example.org"])
        assert notice.subject == f"Message #{message.pk}: Privacy"
        assert f"/admin/policy/contactmessage/{message.pk}/change/" in notice.body
        assert "From Dora Fink, dora@example.org" in notice.body

    def test_nothing_that_somebody_wrote_becomes_a_header(self) -> None:
        received(name="Dora: Bcc eve@example.org", message="Subject: hello\nBcc: eve@example.org\n\nhello")
        services.send_due()
        with mail_server() as (inbox, port), mail_goes_to(port):
            ContactMail.objects.update(mailed_at=None, due_at=timezone.now())
            services.send_due()
        assert inbox.recipients == ["us@example.net"]
        assert inbox.messages[0]["Bcc"] is None

    def test_words_are_plain_text_as_they_were_written(self) -> None:
        received(message="Is 1 < 2 & “fine”? <b>Yes</b>")
        services.send_due()
        assert "Is 1 < 2 & “fine”? <b>Yes</b>" in mail.outbox[0].body

    def test_nobody_but_us_gets_mail_before_there_is_an_answer(self) -> None:
        received()
        services.send_due()
        assert [address for letter in mail.outbox for address in letter.recipients()] == ["us@example.net"]

    def test_the_answer_goes_to_the_person_in_the_language_of_the_message(self) -> None:
        message = received()
        ContactMessage.objects.update(language="de")
        message.refresh_from_db()
        services.answer(message, "Nur dies.", by=_writer())
        services.send_due()
        letter = mail.outbox[-1]
        assert (letter.to, letter.reply_to) == (["dora@example.org"], ["us@example.net"])
        assert letter.body.startswith("Nur dies.\n")
        assert "> What do you store of me?\n> Thank you." in letter.body

    def test_each_try_has_the_same_number_so_that_a_second_copy_is_recognised(self) -> None:
        received()
        services.send_due()
        ContactMail.objects.update(mailed_at=None, due_at=timezone.now())
        services.send_due()
        numbers = {letter.extra_headers["Message-ID"] for letter in mail.outbox}
        assert len(mail.outbox) == 2
        assert len(numbers) == 1


def _writer() -> Any:
    from accounts.models import User

    return User.objects.get_or_create(username="sara")[0]
