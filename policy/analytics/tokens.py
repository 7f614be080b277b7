"""The signed name of a page view: it lets the page say how long it was looked at, and opens nothing else."""

import time
import uuid
from datetime import timedelta

from django.core import signing

_SALT = "policy.analytics.view"
LIFETIME = timedelta(days=1)
# A page that lies open on an unattended desk is not being read.
LONGEST_MS = 60 * 60 * 1000


def issue(view: uuid.UUID) -> str:
    return signing.Signer(salt=_SALT).sign(f"{view.hex}:{int(time.time())}")


def read(token: str, ms: int) -> tuple[uuid.UUID, int] | None:
    """The view and the time to believe: not more than has passed. None when the token is forged or old."""
    try:
        view, issued = signing.Signer(salt=_SALT).unsign(token).split(":")
    except signing.BadSignature:
        return None
    age = time.time() - int(issued)
    if not 0 <= age <= LIFETIME.total_seconds():
        return None
    return uuid.UUID(view), min(ms, round(age * 1000), LONGEST_MS)
