"""What mail providers report at /webhooks/mail/, in the words of their own documentation (promise P7)."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from accounts.campaigns.models import Delivery
from accounts.mailing.models import EmailPreference, SuppressedAddress
from tests.accounts.campaigns.steps import campaign, sent, subscribers
from tests.stack import ROOT

pytestmark = pytest.mark.django_db

PATH = "/webhooks/mail/"
SECRET = "reports:violet-harbour"
NOW = "2099-01-27T14:59:38.237Z"

Payload = dict[str, Any]


@pytest.fixture(autouse=True)
def preference(db: None) -> EmailPreference:
    """Alice gets news."""
    return subscribers("alice")[0]


def post(provider: str, payload: Payload | str, secret: str = SECRET, **headers: str) -> int:
    """Send a report as the provider does; returns the status of the answer."""
    if secret:
        headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    data = payload if isinstance(payload, str) else json.dumps(payload)
    expected = {"WEBHOOK_SECRET": SECRET}
    if provider == "mailgun":
        expected = {"MAILGUN_WEBHOOK_SIGNING_KEY": SECRET}
    with override_settings(MAIL_PROVIDER=provider, ANYMAIL=expected):
        answer = Client(enforce_csrf_checks=True).post(
            PATH, data, content_type="application/json", headers=headers
        )
    return answer.status_code


def postmark(kind: str = "HardBounce", record: str = "Bounce", email: str = "alice@example.org") -> Payload:
    return {
        "RecordType": record,
        "ID": 42,
        "Type": kind,
        "TypeCode": 1,
        "Name": kind,
        "Tag": "Test",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "MessageStream": "outbound",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "Test bounce details",
        "Email": email,
        "From": "sender@example.org",
        "BouncedAt": NOW,
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Test subject",
        "Metadata": {},
    }


def post_ses(event: Payload, secret: str = SECRET) -> int:
    """Amazon wraps what SES says into a notification of SNS."""
    notification = {
        "Type": "Notification",
        "MessageId": "19ba9823-d7f2-53c1-860e-cb10e0d13dfc",
        "TopicArn": "arn:aws:sns:us-east-1:1234567890:SES_Events",
        "Message": json.dumps(event),
        "Timestamp": NOW,
    }
    kind, name = "x-amz-sns-message-type", "x-amz-sns-message-id"
    headers = {kind: notification["Type"], name: notification["MessageId"]}
    return post("amazon-ses", notification, secret, **headers)


def ses_bounce(kind: str = "Permanent") -> Payload:
    recipient = {
        "emailAddress": "alice@example.org",
        "status": "5.1.1",
        "action": "failed",
        "diagnosticCode": "smtp; 550 5.1.1 <alice@example.org>... User",
    }
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "reportingMTA": "dns; email.example.com",
            "bouncedRecipients": [recipient],
            "timestamp": NOW,
            "feedbackId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa068a-000000",
            "remoteMtaIp": "127.0.2.0",
        },
        "mail": {
            "timestamp": NOW,
            "source": "john@example.com",
            "messageId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
            "destination": ["alice@example.org"],
        },
    }


def ses_complaint() -> Payload:
    complaint = {
        "userAgent": "AnyCompany Feedback Loop (V0.01)",
        "complainedRecipients": [{"emailAddress": "alice@example.org"}],
        "complaintFeedbackType": "abuse",
        "arrivalDate": NOW,
        "timestamp": NOW,
        "feedbackId": "000001378603177f-18c07c78-fa81-4a58-9dd1-fedc3cb8f49a-000000",
    }
    return {"notificationType": "Complaint", "complaint": complaint, "mail": ses_bounce()["mail"]}


def mailgun(event: Payload, key: str = SECRET) -> Payload:
    stamp, token = "1529006854", "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    facts = {"timestamp": time.time() + 60, "recipient": "alice@example.org", **event}
    return {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": facts}


def brevo(event: str, delivery: Delivery | None = None) -> Payload:
    name = f"<{delivery.pk.hex}@localhost>" if delivery else "<201798300811.5787683@relay.domain.com>"
    return {
        "event": event,
        "email": "alice@example.org",
        "id": 1,
        "date": "2099-01-27 14:59:38",
        "ts": 4073209178,
        "ts_epoch": 4073209178000,
        "message-id": name,
        "subject": "News",
        "reason": "server is down",
    }


def is_subscribed() -> bool:
    return EmailPreference.objects.subscribed().exists()


def reason() -> str:
    return SuppressedAddress.objects.get().reason


class TestWhatEndsNews:
    @pytest.mark.parametrize("kind", ["HardBounce", "BadEmailAddress"])
    def test_p07_a_final_bounce_at_postmark(self, kind: str) -> None:
        assert post("postmark", postmark(kind)) == 200
        assert (is_subscribed(), reason()) == (False, "returned")

    def test_p07_a_complaint_at_postmark(self) -> None:
        post("postmark", postmark("SpamComplaint", "SpamComplaint", "Alice@Example.org"))
        assert (is_subscribed(), reason()) == (False, "unwanted")

    def test_p07_a_final_bounce_at_amazon(self) -> None:
        assert post_ses(ses_bounce()) == 200
        assert (is_subscribed(), reason()) == (False, "returned")

    def test_p07_a_complaint_at_amazon(self) -> None:
        assert post_ses(ses_complaint()) == 200
        assert (is_subscribed(), reason()) == (False, "unwanted")

    def test_p07_a_final_bounce_at_mailgun(self) -> None:
        event = {"event": "failed", "severity": "permanent", "reason": "bounce"}
        assert post("mailgun", mailgun(event), secret="") == 200
        assert (is_subscribed(), reason()) == (False, "returned")

    def test_p07_a_final_bounce_at_brevo(self) -> None:
        assert post("brevo", brevo("hard_bounce")) == 200
        assert (is_subscribed(), reason()) == (False, "returned")

    def test_p07_an_opt_out_at_the_provider(self, preference: EmailPreference) -> None:
        post("brevo", brevo("unsubscribe"))
        event = preference.user.email_consent_events.last()
        assert event
        assert (event.kind, event.how) == ("opted-out", "mail-server")
        assert not SuppressedAddress.objects.exists()


class TestWhatDoesNot:
    @pytest.mark.parametrize("kind", ["Transient", "SoftBounce", "DnsError", "Blocked", "AutoResponder"])
    def test_what_may_pass_at_postmark(self, kind: str) -> None:
        assert post("postmark", postmark(kind)) == 200
        assert is_subscribed()

    @pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
    def test_what_may_pass_at_amazon(self, kind: str) -> None:
        assert post_ses(ses_bounce(kind)) == 200
        assert is_subscribed()

    @pytest.mark.parametrize("severity", ["temporary", "permanent"])
    def test_what_may_pass_at_mailgun(self, severity: str) -> None:
        event = {"event": "failed", "severity": severity, "reason": "generic"}
        assert post("mailgun", mailgun(event), secret="") == 200
        assert is_subscribed()

    def test_what_may_pass_is_counted_for_the_message_that_it_names(self) -> None:
        delivery = sent(campaign()).deliveries.get()
        post("brevo", brevo("soft_bounce", delivery))
        delivery.refresh_from_db()
        assert (delivery.state, is_subscribed()) == ("bounced", True)

    def test_a_report_from_before_a_new_wish(self, preference: EmailPreference) -> None:
        EmailPreference.objects.update(changed_at=timezone.now() + timedelta(days=36_500))
        post("postmark", postmark())
        assert is_subscribed()

    def test_p07_service_mail_goes_on(self) -> None:
        post("postmark", postmark("SpamComplaint", "SpamComplaint"))
        mail.outbox.clear()
        mail.send_mail("Your new password", "Body", None, ["alice@example.org"])
        assert len(mail.outbox) == 1


class TestWhoMayReport:
    @pytest.mark.parametrize("secret", ["", "reports:wrong", "wrong:violet-harbour", "x"])
    def test_a_wrong_secret_is_refused(self, secret: str) -> None:
        assert post("postmark", postmark(), secret) == 400
        assert is_subscribed()

    @pytest.mark.parametrize(("secret", "status"), [("", 401), ("reports:wrong", 400)])
    def test_amazon_is_asked_for_it(self, secret: str, status: int) -> None:
        assert post_ses(ses_bounce(), secret) == status
        assert is_subscribed()

    def test_a_wrong_signature_is_refused(self) -> None:
        event = {"event": "failed", "severity": "permanent", "reason": "bounce"}
        assert post("mailgun", mailgun(event, key="wrong"), secret="") == 400
        assert is_subscribed()

    def test_without_a_provider_there_is_no_such_page(self) -> None:
        assert post("none", postmark()) == 404
        assert is_subscribed()

    @pytest.mark.parametrize("data", ["", "{", "[]", "null", "7", '"x"', "{}", '{"RecordType": "Bounce"}'])
    @pytest.mark.parametrize("provider", ["postmark", "brevo", "amazon-ses"])
    def test_rubbish_gets_a_sentence_at_most(self, provider: str, data: str) -> None:
        assert post(provider, data) in {200, 400}
        assert is_subscribed()


class TestSettings:
    def _start(self, folder: Path, **variables: str) -> str:
        environment = {**os.environ, "BGBEGONE_DATA": str(folder), **variables}
        code = "from bgbegone import settings; print(settings.ANYMAIL)"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip()

    @pytest.mark.parametrize("secret", ["", "password", ":password", "name:"])
    def test_reports_need_a_secret(self, tmp_path: Path, secret: str) -> None:
        said = self._start(tmp_path, MAIL_PROVIDER="postmark", MAIL_WEBHOOK_SECRET=secret)
        assert said.startswith("Wrong setting: MAIL_PROVIDER needs a MAIL_WEBHOOK_SECRET")

    def test_a_provider_that_is_not_known_stops_the_start(self, tmp_path: Path) -> None:
        said = self._start(tmp_path, MAIL_PROVIDER="pigeons")
        assert said.startswith("Wrong setting: MAIL_PROVIDER must be one of none, amazon-ses")

    def test_mailguns_is_a_key(self, tmp_path: Path) -> None:
        said = self._start(tmp_path, MAIL_PROVIDER="mailgun", MAIL_WEBHOOK_SECRET="key-1")
        assert said == "{'MAILGUN_WEBHOOK_SIGNING_KEY': 'key-1'}"
