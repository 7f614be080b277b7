"""Lists, a piece at a time. The cursor says where the next piece begins, whatever is added meanwhile."""

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from images.api.v2.fields import Fields

_USUAL, _MOST = 50, 200

Rows = QuerySet[Any]


def piece(rows: Rows, query: Fields, by: str = "created_at") -> tuple[list[Any], str | None]:
    """Some rows, the newest first, and the cursor of the next piece. Raises Problem."""
    limit = query.number("limit", 1, _MOST, _USUAL) or _USUAL
    after = _read(query)
    query.done()
    if after:
        when, pk = after
        rows = rows.filter(Q(**{f"{by}__lt": when}) | Q(**{by: when, "pk__lt": pk}))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], _written(getattr(last, by), last.pk)


def numbered(rows: Rows, query: Fields) -> tuple[list[Any], str | None]:
    """The same for rows with a number of their own, the smallest first. Raises Problem."""
    limit = query.number("limit", 1, _MOST, _USUAL) or _USUAL
    after = query.number("cursor", 0, 10**9, 0) or 0
    query.done()
    found = list(rows.filter(number__gt=after).order_by("number")[: limit + 1])
    more = len(found) > limit
    return found[:limit], str(found[limit - 1].number) if more else None


def _written(when: datetime, pk: UUID) -> str:
    return base64.urlsafe_b64encode(f"{when.isoformat()} {pk.hex}".encode()).decode().rstrip("=")


def _read(query: Fields) -> tuple[datetime, UUID] | None:
    text = query.text("cursor", 200)
    if not text:
        return None
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        when, _space, pk = plain.partition(" ")
        found = datetime.fromisoformat(when)
        if found.tzinfo is None:
            raise ValueError(when)
        return found, UUID(pk)
    except (ValueError, binascii.Error):
        query.refuse("cursor", _("Must be a cursor that this list has given."))
        return None
