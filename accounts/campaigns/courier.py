"""Hands messages to the mail server one by one, and knows for each what became of it."""

import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Self

from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from accounts.campaigns.models import Delivery
from bgbegone.lib.mail import as_sent

State = Delivery.State


class ServerAway(Exception):
    """The mail server does not answer: nothing is wrong with the message, try all of it later."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is what becomes of the delivery; claimed means: try again later."""

    state: str
    problem: str = ""


class Courier:
    """One connection to wherever mail goes: an SMTP server, or files when none is set."""

    def __enter__(self) -> Self:
        """Raises ServerAway."""
        self._backend: Any = mail.get_connection()
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as err:
            raise ServerAway from err
        return self

    def __exit__(self, *_: object) -> None:
        self._backend.close()

    def hand_over(self, message: EmailMessage, gate: Callable[[], bool]) -> Outcome | None:
        """Deliver a message, unless `gate` says no at the last moment; None then.

        The gate is asked after the server has taken the address and before it gets the message: what
        is broken off earlier can be tried again, and what comes later is never sent twice.
        """
        if isinstance(self._backend, SmtpBackend) and self._backend.connection:
            return self._by_smtp(self._backend.connection, message, gate)
        if not gate():
            return None
        self._backend.send_messages([message])
        return Outcome(State.SENT)

    def _by_smtp(self, smtp: smtplib.SMTP, message: EmailMessage, gate: Callable[[], bool]) -> Outcome | None:
        try:
            refusal = _envelope(smtp, message)
        except (OSError, smtplib.SMTPException) as err:
            raise ServerAway from err
        if refusal:
            return refusal
        if not gate():
            smtp.rset()
            return None
        try:
            code, _ = smtp.data(as_sent(message))
        except smtplib.SMTPDataError as err:
            code = err.smtp_code
        except (OSError, smtplib.SMTPException):
            # The connection broke while the server had the message. It may have kept it, or not.
            return Outcome(State.UNKNOWN)
        return Outcome(State.SENT) if code == 250 else _refused(code)


def _envelope(smtp: smtplib.SMTP, message: EmailMessage) -> Outcome | None:
    """Announce sender and recipient; the outcome when the server wants neither."""
    smtp.ehlo_or_helo_if_needed()
    (address,) = message.to
    if not address.isascii():
        return Outcome(State.FAILED, "address")
    code, _ = smtp.mail(_bare(message.from_email))
    if code != 250:
        smtp.rset()
        return _refused(code)
    code, words = smtp.rcpt(address)
    if code not in (250, 251):
        smtp.rset()
        return _came_back(code, words) if code >= 500 else _refused(code)
    return None


def _came_back(code: int, words: bytes) -> Outcome:
    """The recipient is refused for good. The server's words may begin with a finer code (RFC 3463)."""
    finer = re.match(rb"5\.\d{1,3}\.\d{1,3}\b", words)
    return Outcome(State.BOUNCED, finer[0].decode() if finer else str(code))


def _refused(code: int) -> Outcome:
    """4xx is a server that is busy or careful, 5xx one that means it (RFC 5321)."""
    return Outcome(State.FAILED if code >= 500 else State.CLAIMED, str(code))


def _bare(sender: str) -> str:
    return parseaddr(sender)[1]
