"""/admin/dashboard/: what staff see of views, jobs and deletion runs (promise P9)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from policy.analytics import rollup
from policy.analytics.buffer import page_views
from policy.analytics.names import page_of
from policy.models import PageSourceDaily, RetentionRun
from tests.base import member, reader, signed_in
from tests.policy.dashboard.base import Board, ago, figures, views


def every_route(patterns: Any = None, namespace: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from every_route(
                pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace
            )
        elif pattern.name:
            yield namespace + pattern.name


class TestDoor(Board):
    def test_guests_members_and_staff_without_a_second_factor_stay_out(self) -> None:
        views(ago(0))
        alice, sam = member("alice"), member("sam")
        User.objects.filter(pk=sam.pk).update(is_staff=True, is_superuser=True)
        for client in (Client(), signed_in(alice), signed_in(sam)):
            for path in ("/admin/dashboard/", "/admin/dashboard/views.csv"):
                answer = client.get(path)
                assert answer.status_code in {302, 403}
                assert not answer.content or b"board" not in answer.content

    def test_it_is_found_from_the_admin(self) -> None:
        assert 'href="/admin/dashboard/"' in self.sara.get("/admin/").content.decode()

    def test_nothing_of_it_is_kept_by_browsers(self) -> None:
        assert "no-store" in self.sara.get("/admin/dashboard/")["Cache-Control"]

    def test_it_is_only_looked_at(self) -> None:
        assert self.sara.post("/admin/dashboard/").status_code == 405


class TestFigures(Board):
    def test_sums_of_the_period_and_how_they_differ_from_before(self) -> None:
        views(ago(0), count=150)
        views(ago(8), count=100)
        assert self.tile("Page views", range="7") == ("150", "+50 % against the 7 days before")

    def test_less_than_before(self) -> None:
        views(ago(0), count=98)
        views(ago(7), count=100)
        assert self.tile("Page views", range="7") == ("98", "−2.0 % against the 7 days before")

    def test_as_before(self) -> None:
        views(ago(0))
        views(ago(7))
        assert self.tile("Page views", range="7")[1] == "As in the 7 days before"

    def test_nothing_before_is_no_growth_without_end(self) -> None:
        views(ago(0))
        assert self.tile("Page views", range="7") == ("100", "No earlier data")

    def test_none_before(self) -> None:
        views(ago(0), failed=3)
        views(ago(7))
        assert self.tile("Errors in a hundred views", range="7") == ("3.0", "None in the 7 days before")

    def test_means_are_over_what_is_known(self) -> None:
        views(ago(0), count=100, timed_views=10, active_ms=250_000)
        views(ago(1), count=100, timed_views=0, active_ms=0)
        assert self.tile("Active time a view")[0] == "25.0 s"

    def test_jobs_and_their_wait(self) -> None:
        figures(ago(0), jobs_done=9, jobs_failed=1, jobs_wait_ms=25_000, email_opt_in=4, email_opt_out=2)
        assert self.tile("Photos cut out")[0] == "9"
        assert self.tile("Photos failed")[0] == "1"
        assert self.tile("Wait in the queue")[0] == "2.5 s"
        assert (self.tile("Opt-ins")[0], self.tile("Opt-outs")[0]) == ("4", "2")

    def test_p09_the_time_that_a_page_tells_is_there_after_the_next_count(self) -> None:
        """From the page's own token to the figure, also for a view that was counted before its time came."""
        visitor = reader()
        token = re.search(r'name="view" content="([^"]+)"', visitor.get("/").content.decode())
        assert token
        assert page_views.flush()
        rollup.roll_up_recent()
        assert self.tile("Active time a view")[0] == "–"
        with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
            told = urlencode({"token": token[1], "ms": 7000})
            visitor.post("/beacon/", told, content_type="application/x-www-form-urlencoded")
            assert page_views.flush()
            rollup.roll_up_recent()
        assert self.tile("Page views")[0] == "1"
        assert self.tile("Active time a view")[0] == "7.0 s"

    def test_one_page_only(self) -> None:
        views(ago(0), "home", 70)
        views(ago(0), "photo", 30)
        assert self.tile("Page views", route="photo")[0] == "30"
        assert "belong to no single page" in self.page(route="photo")

    def test_deletion_runs(self) -> None:
        for hours, deleted, is_complete in ((1, 3, True), (2, 0, False), (24 * 40, 9, True)):
            moment = timezone.now() - timedelta(hours=hours)
            RetentionRun.objects.create(
                rule="photos", ran_at=moment, deleted=deleted, is_complete=is_complete
            )
        views(ago(0))
        assert self._runs("Photos and everything made from them")[2:] == [2, 3, 1]

    def test_a_run_that_has_just_begun_has_not_failed(self) -> None:
        RetentionRun.objects.create(rule="photos")
        views(ago(0))
        assert self._runs("Photos and everything made from them")[2:] == [1, 0, 0]

    def test_a_rule_that_has_not_run_is_no_secret(self) -> None:
        views(ago(0))
        assert self._runs("Photos and everything made from them")[1:] == [None, 0, 0, 0]

    def _runs(self, rule: str) -> list[Any]:
        rows = self.sara.get("/admin/dashboard/", {"range": "30"}).context["retention"].rows
        return next(row for row in rows if row[0] == rule)

    def test_a_year_is_drawn_by_weeks(self) -> None:
        views(ago(0))
        panel = self.sara.get("/admin/dashboard/", {"range": "12m"}).context["panels"][0]
        assert len(panel.rows) == 53
        assert panel.columns[0] == "Week from"
        assert sum(row[1] for row in panel.rows) == 100


class TestWords(Board):
    def test_every_page_has_a_name_in_words(self) -> None:
        unnamed = [route for route in every_route() if page_of(route).words == route]
        assert unnamed == []

    def test_what_is_one_page_to_people_is_one_line(self) -> None:
        views(ago(0), "photo", 50, durations={"20": 50})
        views(ago(0), "photo_download", 30, durations={"500": 30})
        (row,) = self.sara.get("/admin/dashboard/").context["pages"].rows
        assert (row[0], row[1], row[6], row[7]) == ("One photo", 80, 20, 500)

    def test_its_parts_are_told_apart_when_it_is_chosen(self) -> None:
        views(ago(0), "photo", 50)
        views(ago(0), "photo_download", 30)
        views(ago(0), "home", 99)
        answer = self.sara.get("/admin/dashboard/", {"route": "photo"})
        assert [row[:2] for row in answer.context["pages"].rows] == [["photo", 50], ["photo_download", 30]]
        assert '<option value="photo" selected>One photo</option>' in answer.content.decode()

    def test_a_rule_that_fails_is_named_above_the_table(self) -> None:
        hour = timezone.now() - timedelta(hours=1)
        RetentionRun.objects.create(rule="photos", ran_at=hour)
        RetentionRun.objects.create(rule="exports", ran_at=hour, deleted=1234, is_complete=True)
        views(ago(0))
        page = " ".join(self.page().split())
        assert "2 rules were carried out. Deleted in all: 1,234." in page
        assert "are tried again: Photos and everything made from them</p>" in page


class TestSources(Board):
    def _come(self, host: str, country: str, count: int, day: int = 0, route: str = "home") -> None:
        PageSourceDaily.objects.create(
            day=ago(day), route=route, referrer_host=host, country=country, views=count
        )

    def _rows(self, key: str, **choice: Any) -> list[Any]:
        found = self.sara.get("/admin/dashboard/", choice).context["sources"]
        return next((panel.rows for panel in found if panel.key == key), [])

    def test_sites_and_countries_that_are_kept_are_shown(self) -> None:
        views(ago(0))
        self._come("", "DE", 60)
        self._come("news.example", "DE", 30)
        self._come("news.example", "FR", 5)
        self._come("other", "", 5)
        assert self._rows("referrers") == [
            ["No other site, or not told", 60, 60.0],
            ["news.example", 35, 35.0],
            ["Other sites", 5, 5.0],
        ]
        assert self._rows("countries") == [["DE", 90, 90.0], ["FR", 5, 5.0], ["Not known", 5, 5.0]]
        assert "<bdi>news.example</bdi>" in self.page()

    def test_without_a_database_there_are_no_countries(self) -> None:
        views(ago(0))
        self._come("", "", 9)
        assert self._rows("countries") == []

    def test_of_one_page(self) -> None:
        for route in ("home", "photo", "photo_download"):
            views(ago(0), route)
        self._come("a.example", "", 9)
        self._come("b.example", "", 5, route="photo_download")
        assert [row[0] for row in self._rows("referrers", route="photo")] == ["b.example"]

    def test_of_the_last_days_of_the_period(self) -> None:
        views(ago(0))
        self._come("now.example", "", 9)
        self._come("before.example", "", 9, day=60)
        assert [row[0] for row in self._rows("referrers", range="90")] == ["now.example"]


class TestSlowPages(Board):
    def test_half_and_nearly_all_by_page_over_all_days(self) -> None:
        views(ago(0), "home", durations={"20": 50, "1000": 1})
        views(ago(1), "home", durations={"20": 40, "500": 9})
        row = self.sara.get("/admin/dashboard/").context["pages"].rows[0]
        assert (row[0], row[6], row[7]) == ("Start page", 20, 500)

    def test_the_most_viewed_comes_first(self) -> None:
        views(ago(0), "photo", 5)
        views(ago(0), "home", 50)
        views(ago(40), "gone", 500)
        rows = self.sara.get("/admin/dashboard/").context["pages"].rows
        assert [row[0] for row in rows] == ["Start page", "One photo"]


class TestPage(Board):
    @pytest.fixture(autouse=True)
    def _day(self, _cast: None) -> None:
        views(ago(0), refused=4, failed=2)
        figures(ago(0), jobs_done=9)

    def test_every_picture_has_its_table_and_its_file(self) -> None:
        page = self.page()
        assert page.count('role="img"') == 6
        assert page.count("<details") == 7  # the rules of deletion have a table, too
        for key in ("views", "active-time", "errors", "mail", "jobs", "queue", "pages", "retention"):
            assert f"/admin/dashboard/{key}.csv" in page

    def test_files_are_of_the_period_that_is_shown(self) -> None:
        assert "/admin/dashboard/views.csv?range=7&amp;route=home" in self.page(range="7", route="home")

    def test_the_strict_policy_has_nothing_to_complain_about(self) -> None:
        page = self.page()
        board = page[page.index('class="board"') :]
        assert "style=" not in board
        assert "<script" not in board

    def test_the_number_of_queries_is_the_same_for_a_day_and_for_a_year(self) -> None:
        first = self._queries(range="7")
        for number in range(60):
            views(ago(number + 1), f"page-{number}")
            figures(ago(number + 1), jobs_done=number)
        assert self._queries(range="12m") == first <= 17

    def _queries(self, **choice: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            self.page(**choice)
        assert not any('"policy_pageview"' in query["sql"] for query in queries)
        return len(queries)


class TestPeriods(Board):
    @pytest.mark.parametrize(
        ("choice", "sentence"),
        [
            ({"first": "2026-03-02", "last": "2026-03-01"}, "The end lies before the beginning."),
            ({"first": "2026-03-02", "last": "2999-03-01"}, "The end lies in the future."),
            ({"first": "2020-03-02", "last": "2026-03-01"}, "A year at most can be shown at once."),
            ({"first": "0001-01-01", "last": "0001-01-02"}, "nothing to count that long ago"),
            ({"first": "2026-03-02"}, "Please give both dates."),
            ({"first": "soon", "last": "later"}, "Enter a valid date."),
            ({"range": "forever"}, "Select a valid choice."),
            ({"route": "nowhere"}, "No views of a page of this name are known."),
            (
                {"first": "2026-03-02", "last": "2026-03-01", "route": "x"},
                "The end lies before the beginning.",
            ),
        ],
    )
    def test_wrong_choices_get_a_sentence_and_no_figures(self, choice: dict[str, str], sentence: str) -> None:
        for path in ("/admin/dashboard/", "/admin/dashboard/views.csv"):
            answer = self.sara.get(path, {"range": "custom", **choice})
            assert answer.status_code == 422
            assert sentence in answer.content.decode()
            assert "<svg class=" not in answer.content.decode()

    def test_both_ends_belong_to_a_period(self) -> None:
        for number in (5, 4, 3, 2):
            views(ago(number), count=10**number)
        choice = {"range": "custom", "first": ago(4).isoformat(), "last": ago(3).isoformat()}
        assert self.tile("Page views", **choice) == ("11,000", "−89 % against the 2 days before")

    def test_a_single_day(self) -> None:
        views(ago(3))
        choice = {"range": "custom", "first": ago(3).isoformat(), "last": ago(3).isoformat()}
        assert self.tile("Page views", **choice)[0] == "100"

    def test_an_empty_period_says_so_and_shows_a_way_on(self) -> None:
        page = self.page()
        assert "Nothing was counted in this period" in page
        assert "range=12m" in page
