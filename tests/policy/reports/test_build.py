"""/admin/policy/aggregatereport/add/: building a report with a preview."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from policy.analytics import days
from policy.models import AggregateReport, Partner
from policy.reports import tables
from tests.base import member, signed_in
from tests.policy.reports.base import Reports, answers, count, yesterday


class TestPreview(Reports):
    def test_it_shows_the_table_and_keeps_nothing(self) -> None:
        count()
        page = self.sara.get(self.build, answers()).content.decode()
        assert "Guide: pets" in page
        assert "withheld" in page
        assert not AggregateReport.objects.exists()

    def test_the_form_begins_with_the_month_before(self) -> None:
        page = self.sara.get(self.build).content.decode()
        last = days.today().replace(day=1) - timedelta(days=1)
        assert f'value="{last.isoformat()}"' in page

    def test_an_empty_range_gets_a_sentence(self) -> None:
        page = self.sara.get(self.build, answers())
        assert page.status_code == 422
        assert "There are no page views in this period." in page.content.decode()

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"last_day": "2026-02-01"}, "The end lies before the beginning."),
            ({"first_day": "2020-01-01"}, "A report covers a year at most."),
            ({"last_day": "2999-01-01"}, "A report ends yesterday at the latest"),
            ({"columns": "route"}, "Rows and columns are the same."),
            ({"rows": "day", "columns": "week"}, "Rows and columns are both times."),
            ({"rows": "week"}, "Please choose whole weeks, from a Monday to a Sunday."),
            ({"rows": "month", "last_day": "2026-03-30"}, "Please choose whole months."),
            ({"minimum": 9}, "Groups of fewer than 10 are never shown."),
            ({"minimum": -5}, "Groups of fewer than 10 are never shown."),
            ({"minimum": "many"}, "Enter a whole number."),
            ({"rows": "email"}, "Select a valid choice."),
            ({"first_day": "yesterday"}, "Enter a valid date."),
            ({"title": ""}, "This field is required."),
        ],
    )
    def test_wrong_answers_get_a_sentence(self, wrong: dict[str, Any], sentence: str) -> None:
        count()
        for send in (self.sara.get, self.sara.post):
            page = send(self.build, answers(**wrong))
            assert page.status_code == 422
            assert sentence in page.content.decode()
        assert not AggregateReport.objects.exists()

    @pytest.mark.parametrize(
        "right",
        [
            {"rows": "week", "first_day": "2026-03-02", "last_day": "2026-03-15"},
            {"rows": "month", "first_day": "2026-02-01", "last_day": "2026-03-31"},
            {"rows": "month", "first_day": "2024-03-01", "last_day": "2025-02-28"},
        ],
    )
    def test_whole_weeks_and_months_are_welcome(self, right: dict[str, Any]) -> None:
        for year in (2025, 2026):
            count({("home", "a.example"): 900}, day=date(year, 2, 2))
            count({("home", "a.example"): 900}, day=date(year, 3, 9))
        assert self.sara.get(self.build, answers(**right)).status_code == 200

    def test_yesterday_is_early_enough(self) -> None:
        count(day=yesterday())
        fields = answers(first_day=yesterday().isoformat(), last_day=yesterday().isoformat())
        assert self.sara.get(self.build, fields).status_code == 200

    def test_a_hostile_host_is_only_words(self) -> None:
        count({("home", "<script>alert(1)</script>"): 50})
        page = self.sara.get(self.build, answers(columns="", rows="referrer_host")).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


class TestMaking(Reports):
    def test_the_table_is_fixed(self) -> None:
        count()
        report = self.made()
        before = dict(report.table)
        count({("home", ""): 1000}, day=report.last_day)
        report.refresh_from_db()
        assert report.table == before
        assert report.digest == tables.digest_of(before)

    def test_p10_what_is_withheld_is_not_stored_either(self) -> None:
        count()
        report = self.made()
        figures = tables.Published(**report.table).shown
        assert report.smallest == min(figures) >= 10

    def test_it_knows_who_made_it_and_against_whom_it_is_safe(self) -> None:
        count()
        Partner.objects.create(name="Shop", host="shop.example.com")
        report = self.made()
        assert str(report.created_by) == "sara"
        assert report.guarded == ["shop.example.com"]

    def test_nothing_to_report_makes_no_report(self) -> None:
        assert self.sara.post(self.build, answers()).status_code == 422
        assert not AggregateReport.objects.exists()


class TestDoor(Reports):
    def test_only_staff_with_a_second_factor_get_in(self) -> None:
        for client in (Client(), signed_in(member("alice"))):
            assert client.get(self.build).status_code in {302, 403}

    def test_staff_without_the_right_to_are_sent_away(self) -> None:
        User.objects.update(is_superuser=False)
        count()
        assert self.sara.get(self.build).status_code == 403
        assert self.sara.post(self.build, answers()).status_code == 403
