"""The dashboard says what the raw rows say (promise P9)."""

import random
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, Q

from policy.analytics import days, rollup
from policy.analytics.names import page_of
from policy.models import PageView
from tests.policy.dashboard.base import Board, ago

ROUTES = ["home", "photo", "guide/pets"]


class TestRecount(Board):
    def _visit(self, count: int) -> None:
        dice = random.Random(8)  # noqa: S311 (the same views each time)
        rows = [
            PageView(
                hour=days.midnight(ago(dice.randrange(5))) + timedelta(hours=dice.randrange(24)),
                route=dice.choice(ROUTES),
                method="GET",
                status=dice.choices([200, 404, 500], [90, 8, 2])[0],
                duration_ms=int(dice.lognormvariate(3, 1)),
                active_ms=dice.choice([None, dice.randrange(60_000)]),
            )
            for _ in range(count)
        ]
        PageView.objects.bulk_create(rows)
        for number in range(6):
            rollup.roll_up(ago(number))

    def test_p09_dashboard_figures_equal_a_recount_from_raw_rows(self) -> None:
        self._visit(600)
        answer = self.sara.get("/admin/dashboard/", {"range": "7"})
        shown = {row[0]: row for row in answer.context["pages"].rows}
        assert len(shown) == len(ROUTES)
        for route in ROUTES:
            assert shown[str(page_of(route).words)][1:6] == self._recount(route)

    def _recount(self, route: str) -> list[Any]:
        counted = PageView.objects.filter(route=route).aggregate(
            views=Count("pk"),
            refused=Count("pk", filter=Q(status__gte=400, status__lt=500)),
            failed=Count("pk", filter=Q(status__gte=500)),
            active=Avg("active_ms"),
        )
        seconds = round(float(counted["active"]) / 1000, 1)
        return [counted["views"], 0, seconds, counted["refused"], counted["failed"]]

    def test_p09_and_so_do_the_days(self) -> None:
        self._visit(300)
        panel = self.sara.get("/admin/dashboard/", {"range": "7"}).context["panels"][0]
        for day, count, *_before in panel.rows:
            start, end = days.bounds(day)
            assert PageView.objects.filter(hour__gte=start, hour__lt=end).count() == count

    def test_p09_slow_requests_lie_within_the_step_that_is_shown(self) -> None:
        self._visit(600)
        for row in self.sara.get("/admin/dashboard/", {"range": "7"}).context["pages"].rows:
            route = next(route for route in ROUTES if str(page_of(route).words) == row[0])
            times = PageView.objects.filter(route=route).values_list("duration_ms", flat=True)
            for share, shown in ((0.5, row[6]), (0.95, row[7])):
                assert sum(time <= shown for time in times) >= share * len(times)
