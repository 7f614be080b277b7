"""Who a visitor without an account is: a random id in the session, and nothing else."""

import uuid

from django.core import signing
from django.http import HttpRequest

_KEY = "guest"
_SALT = "images.submission"
# A form left open over night should still work in the morning.
_MAX_AGE = 2 * 24 * 3600


def of(request: HttpRequest) -> uuid.UUID | None:
    """The guest id of this session, if it has one."""
    text = request.session.get(_KEY)
    return uuid.UUID(text) if text else None


def adopt(request: HttpRequest, guest: uuid.UUID) -> uuid.UUID:
    """Give the session a guest id, unless it has one; return the one that holds."""
    known = of(request)
    if known:
        return known
    request.session[_KEY] = str(guest)
    return guest


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def ticket() -> str:
    """A signed value for the upload form: one submission, and the guest its sender will become.

    Both clicks of a double click carry it, so a first-time visitor, who has no session yet, becomes
    one guest with one photo and not two.
    """
    return signing.dumps([uuid.uuid4().hex, uuid.uuid4().hex], salt=_SALT)


def read_ticket(text: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Submission and guest of a ticket. Raises `signing.BadSignature` when forged or too old."""
    submission, guest = signing.loads(text, salt=_SALT, max_age=_MAX_AGE)
    return uuid.UUID(submission), uuid.UUID(guest)
