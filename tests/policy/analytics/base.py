"""What tests of page views have in common."""

from datetime import UTC, datetime
from typing import Any

from policy.analytics.buffer import page_views
from policy.models import PageView


def seen() -> list[PageView]:
    """Everything that was counted so far, in the database."""
    assert page_views.flush()
    return list(PageView.objects.all())


def one() -> PageView:
    (view,) = seen()
    return view


def view(hour: datetime | None = None, **fields: Any) -> PageView:
    """A row, not yet stored."""
    hour = hour or datetime(2026, 3, 1, 12, tzinfo=UTC)
    given: dict[str, Any] = {"route": "home", "method": "GET", "status": 200, "duration_ms": 8, **fields}
    return PageView(hour=hour, **given)


def stored(hour: datetime | None = None, **fields: Any) -> PageView:
    row = view(hour, **fields)
    row.save(force_insert=True)
    return row
