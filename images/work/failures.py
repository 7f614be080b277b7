"""What went wrong with a photo, in the reader's language.

The engine has its own sentences; these are the ones of the service around it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from images.engine import errors

SENTENCES: dict[str, str] = {
    "not_ready": gettext_noop("The photo is being looked at. Please try again in a moment."),
    "file_vanished": gettext_noop(
        "The photo is no longer in the store. Nothing is left of it here; please send it again."
    ),
    "storage_full": gettext_noop(
        "This server has no room left for another picture. Nothing was kept half-done; please try "
        "again later."
    ),
    "too_slow": gettext_noop("This photo took longer than the time limit. A smaller version of it may work."),
    "gave_up": gettext_noop(
        "The work on this photo broke off several times. A new copy of it, saved as JPEG or PNG, may work."
    ),
    "internal": gettext_noop("Something went wrong on our side, and it has been noted. Please try again."),
    "too_many_waiting": gettext_noop(
        "As many of your photos are waiting as may wait at once (%(count)s). Please send this one when some "
        "of them are done."
    ),
}
RETRYABLE = frozenset({"storage_full", "too_slow", "gave_up", "internal", "too_many_waiting"})


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure as a page shows it."""

    code: str
    params: dict[str, Any]

    @property
    def sentence(self) -> str:
        message = SENTENCES.get(self.code) or errors.SENTENCES[self.code]
        return gettext(message) % self.params

    @property
    def is_retryable(self) -> bool:
        return self.code in RETRYABLE


class TooSlow(Exception):
    """A photo took longer than JOB_SECONDS."""


class StorageFull(Exception):
    """The store could not take a file; nothing was left half-written."""
