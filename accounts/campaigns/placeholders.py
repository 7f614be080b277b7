"""`{{ name | there }}` in a campaign: what its reader is called, and the word for who gave no name.

A text is cut into marks once, and filled for each copy: what somebody calls themselves is never read as
Markdown, and never becomes a part of an address.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote as percent

from django.utils.translation import gettext as _

from accounts.models import User

# Each part takes all it can and gives nothing back: a page of blanks after the braces costs one look.
_WRITTEN = re.compile(r"\{\{\s*+(\w*+)\s*+(?:\|([^{}|\n]*+))?\}\}")
# Characters that no text has, since Unicode gives them no meaning.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_VALUES: dict[str, Callable[[User], str]] = {
    "name": lambda user: user.full_name,
    "username": lambda user: user.username,
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with a mark for each placeholder; `wanted` are their names and what stands in for them."""

    text: str
    wanted: tuple[tuple[str, str], ...]

    def fill(self, text: str, user: User, quote: Callable[[str], str] = str) -> str:
        """`text` is this text, or what has been made of it."""

        def value(mark: re.Match[str]) -> str:
            name, otherwise = self.wanted[int(mark[1])]
            return quote(" ".join(_VALUES[name](user).split()) or otherwise)

        return _MARK.sub(value, text)


def is_in(address: str) -> bool:
    """Whether an address that was made of a marked text has a placeholder in it."""
    return _OPEN in address or percent(_OPEN) in address


def mark(text: str) -> Marked:
    """What `problem_of` lets pass is filled; what looks like a placeholder and is none stays as it stands."""
    wanted: list[tuple[str, str]] = []

    def note(written: re.Match[str]) -> str:
        if written[1] not in _VALUES:
            return written[0]
        wanted.append((written[1], (written[2] or "").strip()))
        return f"{_OPEN}{len(wanted) - 1}{_CLOSE}"

    return Marked(_WRITTEN.sub(note, text.replace(_OPEN, "").replace(_CLOSE, "")), tuple(wanted))


def problem_of(text: str) -> str:
    """Why a text cannot be filled, as a sentence; nothing when it can."""
    unknown = [written[1] for written in _WRITTEN.finditer(text) if written[1] not in _VALUES]
    if unknown:
        return _("There is no placeholder “%(name)s”. Known are {{ name | there }} and {{ username }}.") % {
            "name": unknown[0]
        }
    marked = mark(text)
    if "{{" in marked.text or "}}" in marked.text:
        return _("A placeholder is not written to its end. It looks like this: {{ name | there }}")
    if ("name", "") in marked.wanted:
        return _("Say what stands there for people who gave no name: {{ name | there }}")
    return ""
