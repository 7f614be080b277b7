"""Pages of a long list, each found by where the one before ended: the last costs as much as the first.

Numbered pages make the database count all rows, and walk over all those before a page. The place is in the
address, signed for one reader: what somebody else's list, another order or a pencil has made opens the first
page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OLDER, _NEWER = "o", "n"


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows, newest first. `newer` and `older` open what lies beyond; empty at an end."""

    rows: Sequence[Any]
    newer: str = ""
    older: str = ""

    @property
    def has_others(self) -> bool:
        return bool(self.newer or self.older)


@dataclass(frozen=True, slots=True)
class Order:
    """By a moment or a day, newest first, and by primary key among equals.

    `moment` is the field's name, as queries and (with dots) as rows know it. `reader` is whose list it is.
    """

    moment: str
    reader: str

    def slice(self, rows: QuerySet[Any], cursor: str, size: int) -> Slice:
        """The rows at a cursor; the first ones when it is none of this order's."""
        place = self._read(cursor, rows)
        if place is None:
            return self._first(rows, size)
        way, moment, pk = place
        found = list(self._beyond(rows, way, moment, pk)[: size + 1])
        if way == _OLDER:
            return self._slice(found[:size], has_newer=True, has_older=len(found) > size)
        if len(found) <= size:
            return self._first(rows, size)  # so near to the beginning a page would be cut short
        return self._slice(found[:size][::-1], has_newer=True, has_older=True)

    def _first(self, rows: QuerySet[Any], size: int) -> Slice:
        found = list(self._sorted(rows, _OLDER)[: size + 1])
        return self._slice(found[:size], has_newer=False, has_older=len(found) > size)

    def _slice(self, rows: list[Any], *, has_newer: bool, has_older: bool) -> Slice:
        newer = self._cursor(_NEWER, rows[0]) if has_newer and rows else ""
        older = self._cursor(_OLDER, rows[-1]) if has_older and rows else ""
        return Slice(rows, newer, older)

    def _sorted(self, rows: QuerySet[Any], way: str) -> QuerySet[Any]:
        sign = "-" if way == _OLDER else ""
        return rows.order_by(f"{sign}{self.moment}", f"{sign}pk")

    def _beyond(self, rows: QuerySet[Any], way: str, moment: date, pk: object) -> QuerySet[Any]:
        # The first condition is all that an index can use; the second cuts off equals.
        side = "lt" if way == _OLDER else "gt"
        within = Q(**{f"{self.moment}__{side}e": moment})
        past = Q(**{f"{self.moment}__{side}": moment}) | Q(**{f"pk__{side}": pk})
        return self._sorted(rows.filter(within & past), way)

    def _cursor(self, way: str, row: Any) -> str:
        moment = row
        for name in self.moment.split("__"):
            moment = getattr(moment, name)
        key = row.pk.hex if isinstance(row.pk, UUID) else row.pk
        if isinstance(moment, datetime):
            return signing.dumps([way, (moment - _EPOCH) // _MICROSECOND, key], salt=self._salt)
        return signing.dumps([way, moment.isoformat(), key], salt=self._salt)

    @property
    def _salt(self) -> str:
        return f"cursor:{self.moment}:{self.reader}"

    def _read(self, cursor: str, rows: QuerySet[Any]) -> tuple[str, date, object] | None:
        try:
            way, at, key = signing.loads(cursor, salt=self._salt)
        except signing.BadSignature:
            return None
        moment = date.fromisoformat(at) if isinstance(at, str) else _EPOCH + at * _MICROSECOND
        return way, moment, rows.model._meta.pk.to_python(key)


def count_up_to(rows: QuerySet[Any], most: int) -> int:
    """How many there are, and `most` + 1 for all beyond: the database stops counting there."""
    return rows.order_by()[: most + 1].count()
