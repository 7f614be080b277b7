"""How mail leaves: signed, through a mail server, or as files that only the service can read."""

import logging
import os
import smtplib
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import dkim
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address, utf8_charset_qp

logger = logging.getLogger(__name__)

# RFC 8058 wants both List-Unsubscribe fields signed. Of the first four nobody may add a second one, either.
_ONE_ONLY = ("From", "To", "Subject", "Date")
_SIGNED = (
    *_ONE_ONLY,
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)


def as_sent(message: EmailMessage) -> bytes:
    """A message as the mail server gets it: with a DKIM signature (RFC 6376) when there is a key.

    Whatever talks to a mail server takes its bytes from here.
    """
    # Seven bits: a relay that had to re-encode the text would break the signature.
    message.encoding = message.encoding or utf8_charset_qp
    content = message.message()
    # Django's own messages take the line ending that SMTP wants.
    data: bytes = content.as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    if not settings.DKIM_KEY:
        return data
    signed = [name for name in _SIGNED if name in content] + list(_ONE_ONLY)
    return _signature(data, signed) + data


def _signature(data: bytes, names: list[str]) -> bytes:
    header: bytes = dkim.sign(
        data,
        settings.DKIM_SELECTOR.encode(),
        settings.DKIM_DOMAIN.encode(),
        settings.DKIM_KEY,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.lower().encode() for name in names],
    )
    return header


class SmtpBackend(smtp.EmailBackend):
    """Django's own, with a signature on every message."""

    def _send(self, email_message: EmailMessage) -> bool:
        if not email_message.recipients():
            return False
        encoding = str(email_message.encoding or settings.DEFAULT_CHARSET)
        sender, *recipients = (
            sanitize_address(address, encoding)
            for address in (email_message.from_email, *email_message.recipients())
        )
        assert self.connection  # opened by Django before  # noqa: S101
        try:
            self.connection.sendmail(sender, recipients, as_sent(email_message))
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
            return False
        return True


class FileBackend(BaseEmailBackend):
    """Writes `.eml` files, which every mail program opens. The log names the file, never the address."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            file = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:12]}.eml"
            _write_private(file, message.message().as_bytes())
            logger.info("no mail server is set: mail written to a file", extra={"file": file})
        return len(email_messages)


def _write_private(file: Path, data: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
