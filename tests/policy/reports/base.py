"""Views to make reports of, and the partners that get them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from policy.analytics import days
from policy.models import AggregateReport, PageSourceDaily, Partner
from tests.base import staff

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)

Views = Mapping[tuple[str, str], int]

# Pages by the site that visitors came from, on one day in March.
MARCH: Views = {
    ("home", ""): 500,
    ("home", "news.example"): 80,
    ("home", "shop.example.com"): 40,
    ("guide/pets", ""): 90,
    ("guide/pets", "news.example"): 30,
    ("guide/pets", "shop.example.com"): 4,
    ("guide/cars", ""): 70,
    ("guide/cars", "news.example"): 20,
    ("guide/cars", "shop.example.com"): 35,
}


def count(views: Views = MARCH, day: date = date(2026, 3, 10), country: str = "") -> None:
    PageSourceDaily.objects.bulk_create(
        PageSourceDaily(day=day, route=route, referrer_host=host, country=country, views=number)
        for (route, host), number in views.items()
    )


def answers(**changes: Any) -> dict[str, Any]:
    """What staff fill in."""
    return {
        "title": "March",
        "first_day": FIRST.isoformat(),
        "last_day": LAST.isoformat(),
        "rows": "route",
        "columns": "referrer_host",
        "minimum": 10,
        **changes,
    }


def yesterday() -> date:
    return days.today() - timedelta(days=1)


@pytest.mark.django_db
class Reports:
    """Sara of the staff, and a partner."""

    build = "/admin/policy/aggregatereport/add/"
    sara: Client
    partner: Partner

    @pytest.fixture(autouse=True)
    def _cast(self, db: None) -> None:
        self.sara = staff()
        self.partner = Partner.objects.create(name="Press Example")

    def made(self, **changes: Any) -> AggregateReport:
        answer = self.sara.post(self.build, answers(**changes))
        assert answer.status_code == 302, answer.content.decode()
        return AggregateReport.objects.latest("pk")

    def hand_over(self, report: AggregateReport, to: Partner | None = None, **changes: Any) -> Any:
        fields = {"partner": (to or self.partner).pk, "format": "csv", "note": "contract 7", **changes}
        return self.sara.post(f"/admin/policy/aggregatereport/{report.pk}/hand-over/", fields)
