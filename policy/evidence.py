"""Live figures that show a promise being kept, beside the clause that gives it.

A clause is named by its anchor, `P1` to `P16`. Each app registers what it can show when it starts, in its
module `proof`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import get_language

from bgbegone.lib.words import Words
from policy.clauses import CLAUSES

# The page may be opened often, and a figure a minute old is evidence all the same.
_SECONDS = 60

# A number, a moment, words, or None for “not yet”.
Value = int | datetime | Words | None


@dataclass(frozen=True, slots=True)
class Figure:
    """`label` says what the value is."""

    label: Words
    value: Value


@dataclass(frozen=True, slots=True)
class Table:
    """Evidence of several columns; the first cell of a row names the row."""

    caption: Words
    columns: list[Words]
    rows: list[list[Value]] = field(default_factory=list)


Evidence = Figure | Table
Source = Callable[[], Iterable[Evidence]]

_sources: dict[str, list[Source]] = {}


def register(clause: str) -> Callable[[Source], Source]:
    """Decorate a function that yields the evidence of a clause. Raises ValueError for a clause of its own."""
    if clause not in CLAUSES:
        raise ValueError(f"{clause} is no clause of the policy")

    def add(source: Source) -> Source:
        _sources.setdefault(clause, []).append(source)
        return source

    return add


def of(clause: str) -> list[Evidence]:
    """The evidence of a clause in the reader's language, at most a minute old."""
    key = f"evidence:{clause}:{get_language()}"
    found: list[Evidence] | None = cache.get(key)
    if found is None:
        found = [_spoken(shown) for source in _sources.get(clause, []) for shown in source()]
        cache.set(key, found, _SECONDS)
    return found


def _spoken(shown: Evidence) -> Evidence:
    """With plain words: each lazy one would be a new class whenever it is taken out of the cache."""
    if isinstance(shown, Figure):
        return Figure(str(shown.label), _plain(shown.value))
    rows = [[_plain(cell) for cell in row] for row in shown.rows]
    return Table(str(shown.caption), [str(column) for column in shown.columns], rows)


def _plain(value: Value) -> Value:
    return value if value is None or isinstance(value, int | datetime) else str(value)
