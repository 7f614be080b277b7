"""News that come back, and complaints, from the mailbox of the sender (promise P7)."""

import io
import mailbox
import sys
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError

from accounts.campaigns import bounces
from accounts.campaigns.models import Delivery
from accounts.campaigns.returns import MOST_RETURNS
from accounts.mailing import suppression
from accounts.mailing.models import EmailPreference, SuppressedAddress
from tests.accounts.campaigns.reports import bounce, complaint
from tests.accounts.campaigns.steps import campaign, sent, subscribers
from tests.mailserver import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(db: None) -> Delivery:
    """Alice's copy of the first campaign; Bob got one, too."""
    subscribers("alice", "bob")
    return _copy()


def _copy() -> Delivery:
    return sent(campaign()).deliveries.get(user__username="alice")


def names() -> set[str]:
    """Who gets news."""
    return set(EmailPreference.objects.subscribed().values_list("user__username", flat=True))


class TestABounce:
    @pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.2.1", "5.1.2 (no such domain)"])
    def test_p07_of_an_address_that_is_gone_ends_its_news(self, delivery: Delivery, status: str) -> None:
        assert bounces.take(bounce(delivery, status)) == f"came back: {status.split(maxsplit=1)[0]}"
        delivery.refresh_from_db()
        assert (delivery.state, delivery.problem) == ("bounced", status.split(maxsplit=1)[0])
        assert names() == {"bob"}

    @pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.7.1", "5.0.0", "5.1.8"])
    def test_of_another_kind_is_counted(self, delivery: Delivery, status: str) -> None:
        bounces.take(bounce(delivery, status))
        for _ in range(MOST_RETURNS - 2):
            bounces.take(bounce(_copy(), status))
        assert names() == {"alice", "bob"}
        bounces.take(bounce(_copy(), status))
        assert names() == {"bob"}

    def test_the_same_report_again_counts_once(self, delivery: Delivery) -> None:
        for _ in range(MOST_RETURNS + 1):
            bounces.take(bounce(delivery, "4.2.2"))
        assert names() == {"alice", "bob"}

    def test_one_that_arrives_between_begins_the_count_anew(self, delivery: Delivery) -> None:
        bounces.take(bounce(delivery, "4.2.2"))
        for status in ("4.2.2", None, "4.2.2", "4.2.2"):
            copy = _copy()
            if status:
                bounces.take(bounce(copy, status))
        assert names() == {"alice", "bob"}

    @pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
    def test_what_is_no_failure_changes_nothing(self, delivery: Delivery, action: str) -> None:
        assert bounces.take(bounce(delivery, action=action)) == "a report of no failure"
        assert names() == {"alice", "bob"}

    @pytest.mark.parametrize(
        "kind", ["text/rfc822-headers", "message/rfc822", "message/global-headers", "Message/RFC822"]
    )
    def test_the_original_may_be_quoted_whole_or_in_part(self, delivery: Delivery, kind: str) -> None:
        bounces.take(bounce(delivery, kind=kind))
        assert names() == {"bob"}

    def test_of_a_forwarded_copy_names_another_recipient(self, delivery: Delivery) -> None:
        bounces.take(bounce(delivery, recipient="alice@company.example"))
        assert names() == {"bob"}

    def test_that_comes_after_a_new_wish_is_too_late(self, delivery: Delivery) -> None:
        changed = delivery.changed_at + timedelta(seconds=1)
        EmailPreference.objects.filter(user=delivery.user).update(changed_at=changed)
        bounces.take(bounce(delivery))
        assert names() == {"alice", "bob"}
        assert not SuppressedAddress.objects.exists()


class TestAComplaint:
    def test_p07_ends_the_news_of_whoever_complained(self, delivery: Delivery) -> None:
        assert bounces.take(complaint(delivery)) == "a complaint"
        assert names() == {"bob"}
        assert SuppressedAddress.objects.get().reason == suppression.Reason.UNWANTED

    @pytest.mark.parametrize("feedback", ["not-spam", "virus", ""])
    def test_other_feedback_is_none(self, delivery: Delivery, feedback: str) -> None:
        bounces.take(complaint(delivery, feedback))
        assert names() == {"alice", "bob"}


_REPORT = b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: "


class TestForgery:
    @pytest.mark.parametrize("report", [bounce, complaint])
    def test_an_address_alone_stops_nobodys_news(self, delivery: Delivery, report: object) -> None:
        for name in (f"<{uuid4().hex}@localhost>", "<news@localhost>", "", f"<{delivery.pk}@localhost>"):
            said = bounces.take(report(name))  # type: ignore[operator]
            assert said == "a report about nothing that we sent"
        assert names() == {"alice", "bob"}

    def test_a_report_inside_of_an_answer_is_none(self, delivery: Delivery) -> None:
        answer = b"Content-Type: message/rfc822\n\n" + bounce(delivery)
        assert bounces.take(answer) == bounces.NO_REPORT

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff\xfe\x00",
            b"Content-Type: multipart/report",
            _REPORT + b"message/delivery-status\n\n--x--",
            _REPORT + b"message/rfc822\n\n\xe4: \xf6\n--x",
            b"Message-ID: =?utf-8?q?=ff?=\nContent-Type: multipart/report; boundary=\n\n",
            b"Content-Type: message/rfc822\n\n" * 5000,
            b"x" * (bounces.MOST_BYTES + 1),
        ],
        ids=["empty", "bytes", "bare", "no blocks", "no ascii", "no boundary", "nested", "huge"],
    )
    def test_rubbish_does_nothing(self, data: bytes) -> None:
        assert bounces.take(data) in {bounces.NO_REPORT, "a report about nothing that we sent"}


class TestTheCommand:
    def _pipe(self, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        call_command("bounces")

    def test_it_reads_a_pipe(
        self, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._pipe(monkeypatch, bounce(delivery))
        assert names() == {"bob"}
        assert capsys.readouterr().out == "came back: 5.1.1\n"

    def test_a_database_that_is_away_means_later(
        self, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        away = patch.object(bounces.returns, "find", side_effect=OperationalError)
        with away, pytest.raises(CommandError) as stopped:
            self._pipe(monkeypatch, bounce(delivery))
        assert stopped.value.returncode == 75

    def test_it_empties_a_maildir_of_reports_and_leaves_letters(
        self, delivery: Delivery, tmp_path: Path
    ) -> None:
        box = mailbox.Maildir(tmp_path / "box")
        for data in (bounce(delivery), complaint("<x@y>"), b"Subject: Hello\n\nDo you ship to Malta?"):
            box.add(data)
        call_command("bounces", maildir=tmp_path / "box")
        assert names() == {"bob"}
        assert [message["Subject"] for message in box] == ["Hello"]

    def test_a_folder_that_is_no_maildir_gets_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="is no Maildir"):
            call_command("bounces", maildir=tmp_path)


class TestWhileSending:
    def test_p07_an_address_that_the_server_does_not_know_gets_no_more(self, inbox: Inbox) -> None:
        subscribers("alice", "bob")
        inbox.refuse["alice@example.org"] = "550 5.1.1 <alice@example.org> User unknown"
        assert _copy().problem == "5.1.1"
        assert names() == {"bob"}

    @pytest.mark.parametrize("answer", ["550 relay not permitted", "554 5.7.1 Relay access denied"])
    def test_a_server_that_refuses_everybody_ends_nobodys_news(self, inbox: Inbox, answer: str) -> None:
        subscribers("alice", "bob")
        inbox.refuse = dict.fromkeys(["alice@example.org", "bob@example.org"], answer)
        assert _copy().state == "bounced"
        assert names() == {"alice", "bob"}

    def test_but_three_campaigns_in_a_row_do(self, inbox: Inbox) -> None:
        subscribers("alice", "bob")
        inbox.refuse["alice@example.org"] = "550 no"
        for _ in range(MOST_RETURNS):
            assert "alice" in names()
            _copy()
        assert names() == {"bob"}

    def test_p07_a_suppressed_address_that_was_brought_in_anew_is_left_out(self) -> None:
        (preference,) = subscribers("alice")
        suppression.suppress(
            preference.address, suppression.Reason.UNWANTED, told_about=preference.changed_at
        )
        EmailPreference.objects.update(state=EmailPreference.State.CONFIRMED)
        mail.outbox.clear()
        made = sent(campaign())
        assert (made.state, made.deliveries.get().state) == ("sent", "skipped")
        assert not mail.outbox
