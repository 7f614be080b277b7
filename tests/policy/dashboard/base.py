"""Rolled-up days to look at."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from policy.analytics import days
from policy.models import DailyFigure, PageViewDaily
from tests.base import staff


def ago(number: int) -> date:
    return days.today() - timedelta(days=number)


def views(day: date, route: str = "home", count: int = 100, **changes: Any) -> PageViewDaily:
    """A day of a page: views of 20 ms that were looked at for 10 s."""
    facts = {
        "views": count,
        "duration_ms": 20 * count,
        "durations": {"20": count},
        "timed_views": count,
        "active_ms": 10_000 * count,
        **changes,
    }
    return PageViewDaily.objects.create(day=day, route=route, **facts)


def figures(day: date, **counts: int) -> None:
    """Counters of a day; `jobs_done=3` is `jobs.done`, `email_opt_in` is `email.opt-in`."""
    for name, value in counts.items():
        part, _, rest = name.partition("_")
        key = f"{part}.{rest}" if rest.endswith("_ms") else f"{part}.{rest.replace('_', '-')}"
        DailyFigure.objects.create(day=day, key=key, value=value)


@pytest.mark.django_db
class Board:
    """Sara of the staff looks at the dashboard."""

    sara: Client

    @pytest.fixture(autouse=True)
    def _cast(self, db: None) -> None:
        self.sara = staff()

    def page(self, **choice: Any) -> str:
        answer = self.sara.get("/admin/dashboard/", choice)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def tile(self, label: str, **choice: Any) -> tuple[str, str]:
        """A figure and its change."""
        found = self.sara.get("/admin/dashboard/", choice).context["tiles"]
        return next((tile.value, tile.change) for tile in found if tile.label == label)
