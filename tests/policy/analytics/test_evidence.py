"""What the policy page shows of page views."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from policy import evidence
from policy.analytics import days, rollup
from policy.models import DailyFigure
from tests.policy.analytics.base import stored

pytestmark = pytest.mark.django_db


def _shown() -> list[Any]:
    return [shown.value for shown in evidence.of("P8") if "age view" in str(shown.label)]


def test_p08_the_page_says_how_many_views_are_held_and_since_when() -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    stored(hour)
    stored(hour + timedelta(days=1))
    rollup.roll_up_recent()
    assert _shown() == [2, hour]


def test_older_figures_are_not_among_them() -> None:
    DailyFigure.objects.create(day=days.today() - timedelta(days=40), key="views", value=9)
    assert _shown() == [0, None]
