"""A message, and the steps that many tests begin with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.test import Client

from policy.contact import tickets
from policy.models import ContactMessage

FIELDS = {
    "name": "Dora Fink",
    "email": "dora@example.org",
    "topic": "privacy",
    "message": "What do you store of me?\r\nThank you.",
}


def ticket(seconds_ago: float = 60) -> str:
    """The ticket of a page that was opened some time ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=seconds_ago), tick=False):
        return tickets.issue()


def write(client: Client | None = None, **fields: Any) -> Any:
    """Post the form as a browser without JavaScript would."""
    data = {**FIELDS, "website": "", "ticket": fields.pop("ticket", None) or ticket(), **fields}
    return (client or Client()).post("/contact/", data)


def received(**fields: Any) -> ContactMessage:
    """A message that has been kept."""
    response = write(**fields)
    assert response.status_code == 302, response.content.decode()
    return ContactMessage.objects.latest("pk")
