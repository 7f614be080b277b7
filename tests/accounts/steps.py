"""What people do on the account pages, and the mail that comes of it."""

import re
from typing import Any

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.outbox import services

PASSWORD = "violet-harbour-93"
_LINK = re.compile(r"http://localhost:\d+(/\S+)")


def signup_form(**fields: Any) -> dict[str, Any]:
    """Dora's form, filled in with what has to be filled in."""
    return {
        "username": "dora",
        "email": "dora@example.org",
        "password1": PASSWORD,
        "policy": "on",
        **fields,
    }


def sign_up(client: Client, **fields: Any) -> Any:
    return client.post("/accounts/signup/", signup_form(**fields))


def sign_in(client: Client, login: str = "alice", password: str = "correct horse", **fields: Any) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password, **fields})


def sent() -> list[EmailMultiAlternatives]:
    """Everything that has been mailed so far, the outbox emptied."""
    services.deliver_due()
    return mail.outbox  # type: ignore[return-value]


def link_in(message: EmailMultiAlternatives) -> str:
    """The path of the first link."""
    match = _LINK.search(str(message.body))
    assert match, message.body
    return match[1]


def confirm_again(client: Client, password: str = "correct horse") -> None:
    """Show once more that it is you, as the pages that protect an account ask for."""
    response = client.post("/accounts/reauthenticate/", {"password": password, "next": "/accounts/"})
    assert response.status_code == 302, response.content.decode()


def errors_of(response: Any) -> str:
    return " ".join(str(error) for errors in response.context["form"].errors.values() for error in errors)
