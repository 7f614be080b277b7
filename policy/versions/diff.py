"""What has changed between two texts, word by word, for people to read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_ANCHOR = re.compile(r"\s*\{#[\w-]+\}\s*$")


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph that have the same fate."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """Paragraphs that differ, under their heading, or how many in between do not (and no pieces)."""

    heading: str = ""
    pieces: tuple[Piece, ...] = ()
    unchanged: int = 0


def compare(old: str, new: str) -> list[Change]:
    """The changes from one Markdown text to another, in the order of the new one."""
    return list(_compare(_paragraphs(old), _paragraphs(new)))


def _compare(old: list[str], new: list[str]) -> Iterator[Change]:
    heading = ""
    for step, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            yield Change(unchanged=i2 - i1)
        else:
            pieces = tuple(_words("\n\n".join(old[i1:i2]), "\n\n".join(new[j1:j2])))
            yield Change(heading=heading, pieces=pieces)
        headings = [_ANCHOR.sub("", part).lstrip("# ") for part in new[j1:j2] if part.startswith("#")]
        heading = headings[-1] if headings else heading


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = _split(old), _split(new)
    for step, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if step == "equal":
            yield Piece(Kind.SAME, "".join(before[i1:i2]))
            continue
        if removed := "".join(before[i1:i2]):
            yield Piece(Kind.REMOVED, removed)
        if added := "".join(after[j1:j2]):
            yield Piece(Kind.ADDED, added)


def _paragraphs(text: str) -> list[str]:
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    # A line break within a paragraph means nothing in Markdown, so it is no change either.
    return [
        re.sub(r"[ \t]*\n[ \t]*", "\n" if part.startswith(("*", "-", "|")) else " ", part) for part in parts
    ]


def _split(text: str) -> list[str]:
    """Words and the gaps between them."""
    return re.findall(r"\s+|[^\s]+", text)
