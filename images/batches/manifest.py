"""What somebody is about to send: paths, sizes and times, compared with what is there already."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bgbegone.lib.names import readable
from images.batches.models import Item
from images.work.limits import most_bytes

_LONGEST_PATH = 1000
_HOUR_MS = 3_600_000
# FAT disks count time in steps of two seconds.
_TOLERANCE_MS = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as its sender's machine describes it."""

    path: str
    size: int
    modified: int

    def is_file_of(self, item: Item) -> bool:
        """Whether the item is this file: sent before, or announced before."""
        return (self.path, self.size) == (item.path, item.size) and _is_same_time(
            self.modified, item.modified
        )

    def refusal(self) -> tuple[str, dict[str, Any]] | None:
        """Code and figures of what is wrong with it before a byte was sent."""
        if self.size <= 0:
            return "empty", {}
        if self.size > most_bytes():
            megabytes = -(-self.size // 1_000_000)
            return "too_many_bytes", {"megabytes": megabytes, "limit": most_bytes() // 1_000_000}
        return None


def _is_same_time(a: int, b: int) -> bool:
    """A copy on a stick may be off by whole hours, since such disks keep local time; unknown fits all."""
    rest = abs(a - b) % _HOUR_MS
    return 0 in (a, b) or min(rest, _HOUR_MS - rest) <= _TOLERANCE_MS


def clean_path(text: str) -> str:
    """Folders and name without what leads elsewhere or cannot be shown; the end counts most."""
    parts = [part for part in readable(text).split("/") if part.strip() not in ("", ".", "..")]
    return "/".join(parts)[-_LONGEST_PATH:].lstrip("/") or _("photo")


def parse(document: Any) -> list[Entry]:
    """The entries of a manifest. Raises ValidationError with a sentence."""
    if not isinstance(document, list):
        raise ValidationError(_broken())
    return [_entry(row) for row in document]


def _entry(row: Any) -> Entry:
    try:
        path, size, modified = row["path"], row["size"], row.get("modified", 0)
    except (TypeError, KeyError, AttributeError):
        raise ValidationError(_broken()) from None
    is_sound = isinstance(path, str) and all(type(n) is int and 0 <= n < 2**53 for n in (size, modified))
    if not is_sound:
        raise ValidationError(_broken())
    return Entry(clean_path(path), size, modified)


def _broken() -> str:
    return _("The list of files could not be read. Please choose the files once more.")


class Known:
    """The items of a batch, found by file."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items: dict[tuple[str, int], list[Item]] = {}
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        self._items.setdefault((item.path, item.size), []).append(item)

    def find(self, entry: Entry) -> Item | None:
        candidates = self._items.get((entry.path, entry.size), [])
        return next((item for item in candidates if entry.is_file_of(item)), None)
