"""What mail servers and mail providers send back, as their standards and documentation show it."""

from accounts.campaigns.models import Delivery

_BOUNCE = """\
From: MAILER-DAEMON@mx.example.net
To: no-reply@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I could not deliver your message.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no

--b1
Content-Type: {kind}

{original}
--b1--
"""

_COMPLAINT = """\
From: <abusedesk@example.com>
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1

--part1
Content-Type: message/rfc822
Content-Disposition: inline

{original}
--part1--
"""


def original_of(delivery: Delivery | str) -> str:
    name = delivery if isinstance(delivery, str) else f"<{delivery.pk.hex}@localhost>"
    return f"From: no-reply@localhost\nMessage-ID: {name}\nSubject: News\n\nHello.\n"


def bounce(
    delivery: Delivery | str,
    status: str = "5.1.1",
    action: str = "failed",
    kind: str = "message/rfc822",
    recipient: str = "alice@example.org",
) -> bytes:
    """A delivery status notification (RFC 3464)."""
    return _BOUNCE.format(
        original=original_of(delivery), status=status, action=action, kind=kind, recipient=recipient
    ).encode()


def complaint(delivery: Delivery | str, feedback: str = "abuse") -> bytes:
    """A feedback report (RFC 5965)."""
    return _COMPLAINT.format(original=original_of(delivery), feedback=feedback).encode()
