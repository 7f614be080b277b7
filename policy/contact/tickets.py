"""A signed value for the form: which submission it is, and when its page was opened."""

import uuid

from django.core import signing
from django.utils import timezone

_SALT = "policy.contact"
# Nobody reads and fills the form in less; scripts do.
LEAST_SECONDS = 3
# A page left open over night should still work in the morning.
_MOST_SECONDS = 2 * 24 * 3600


class TooFast(Exception):
    """The form came back sooner than a person can fill it in."""


def issue() -> str:
    return signing.dumps([uuid.uuid4().hex, timezone.now().timestamp()], salt=_SALT)


def read(text: str) -> uuid.UUID:
    """The submission's id. Raises TooFast, and `signing.BadSignature` when forged or too old."""
    submission, opened = signing.loads(text, salt=_SALT, max_age=_MOST_SECONDS)
    if timezone.now().timestamp() - opened < LEAST_SECONDS:
        raise TooFast
    return uuid.UUID(submission)
