"""What this service notes for staff to read and nobody to change: one list for each kind of note.

An app registers its kinds when it starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bgbegone.lib.words import Words
from policy.dashboard.panels import Cell


@dataclass(frozen=True, slots=True)
class Kind:
    """`find` gives all rows, or those that some words lead to; `cells` are as many as `columns`.

    `moment` is the field by which the newest comes first. `permission` is that to look at the model.
    """

    key: str
    title: Words
    permission: str
    moment: str
    columns: list[Words]
    find: Callable[[str], QuerySet[Any]]
    cells: Callable[[Any], list[Cell | Words]]
    # What the box finds a row by; empty where there is no box.
    help: Words = ""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.key] = kind


def of(user: Any) -> list[Kind]:
    """What somebody may read, by title."""
    kinds = [kind for kind in _kinds.values() if user.has_perm(kind.permission)]
    return sorted(kinds, key=lambda kind: str(kind.title))
