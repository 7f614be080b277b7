"""Live figures that show a promise being kept, beside the clause that gives it.

A clause is named by its anchor, `P1` to `P16`. Each app registers what it can show when it starts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils.functional import _StrPromise as Words

# The page may be opened often, and a figure a minute old is evidence all the same.
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """`label` says what the value is; a value is a number, a moment, words, or None for “not yet”."""

    label: Words
    value: int | datetime | str | None


Source = Callable[[], Iterable[Figure]]

_sources: dict[str, list[Source]] = {}


def register(clause: str) -> Callable[[Source], Source]:
    """Decorate a function that yields the figures of a clause."""

    def add(source: Source) -> Source:
        _sources.setdefault(clause, []).append(source)
        return source

    return add


def of(clause: str) -> list[Figure]:
    """The figures of a clause, at most a minute old."""
    key = f"evidence:{clause}"
    found: list[Figure] | None = cache.get(key)
    if found is None:
        found = [figure for source in _sources.get(clause, []) for figure in source()]
        cache.set(key, found, _SECONDS)
    return found
