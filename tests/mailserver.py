"""A real SMTP server on loopback, which keeps what it gets."""

import email
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.policy import default as modern
from typing import Any

from aiosmtpd.controller import Controller
from django.test import override_settings

from tests.stack import free_port

# Its thread may speak when the test's output is closed.
logging.getLogger("mail.log").disabled = True


@dataclass
class Inbox:
    """What has arrived. `refuse` maps an address to the answer that it gets instead of 250."""

    contents: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)

    @property
    def messages(self) -> list[Message]:
        return [email.message_from_bytes(content, policy=modern) for content in self.contents]


@dataclass
class _Handler:
    """Beside the inbox: aiosmtpd looks at every attribute of its handler, at every connection."""

    inbox: Inbox

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if address in self.inbox.refuse:
            return self.inbox.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.inbox.recipients += envelope.rcpt_tos
        self.inbox.contents.append(envelope.content)
        return "250 OK"


@contextmanager
def mail_server(port: int | None = None) -> Iterator[tuple[Inbox, int]]:
    """The inbox and the port of a running server."""
    inbox, port = Inbox(), port or free_port()
    controller = Controller(_Handler(inbox), hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


def mail_goes_to(port: int) -> override_settings:
    """Settings that send mail to a server on loopback."""
    return override_settings(
        EMAIL_BACKEND="bgbegone.lib.mail.SmtpBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_USE_TLS=False,
        EMAIL_USE_SSL=False,
        EMAIL_HOST_USER="",
        EMAIL_HOST_PASSWORD="",
    )
