"""/admin/policy/aggregatereport/<id>/: looking at a report and handing it over (promise P10)."""

import json
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from policy import evidence, transparency
from policy.models import AggregateReport, Partner, ReportedDay, ReportHandover
from policy.reports import services
from tests.base import body
from tests.policy.reports.base import Reports, count


class TestHandover(Reports):
    def _report(self, **changes: Any) -> AggregateReport:
        count()
        return self.made(**changes)

    def test_p10_no_file_without_an_entry_in_the_log(self) -> None:
        report = self._report()
        assert b"Guide: pets" in body(self.hand_over(report))
        entry = ReportHandover.objects.get()
        assert (entry.partner_name, str(entry.by), entry.format) == ("Press Example", "sara", "csv")
        assert entry.note == "contract 7"

    def test_p10_every_file_is_logged(self) -> None:
        report = self._report()
        for kind in ("csv", "json", "json"):
            self.hand_over(report, format=kind)
        assert ReportHandover.objects.count() == 3

    def test_get_gives_nothing(self) -> None:
        report = self._report()
        assert self.sara.get(f"/admin/policy/aggregatereport/{report.pk}/hand-over/").status_code == 405
        assert not ReportHandover.objects.exists()

    def test_csv_and_json_say_the_same(self) -> None:
        report = self._report(columns="")
        text = body(self.hand_over(report)).decode("utf-8-sig")
        document = json.loads(self.hand_over(report, format="json").content)
        assert document["row_totals"] == [125, 124, 620]
        assert "Guide: cars,125" in text
        assert "Total,869" in text
        assert document["checksum"] in text

    def test_withheld_cells_are_empty(self) -> None:
        report = self._report()
        text = body(self.hand_over(report)).decode()
        document = json.loads(self.hand_over(report, format="json").content)
        assert document["cells"][1][2] is None
        assert next(line for line in text.splitlines() if line.startswith("Guide: pets")).endswith(",,124")

    def test_a_host_that_begins_like_a_formula_is_harmless(self) -> None:
        count({("home", "=cmd|' /C calc'!A0"): 50})
        text = body(self.hand_over(self.made(rows="referrer_host", columns=""))).decode()
        assert "'=cmd" in text
        assert "\n=cmd" not in text

    @pytest.mark.parametrize(
        "wrong", [{"partner": 999}, {"partner": ""}, {"format": "exe"}, {"note": "x" * 301}]
    )
    def test_wrong_answers_hand_nothing_over(self, wrong: dict[str, Any]) -> None:
        page = self.hand_over(self._report(), **wrong)
        assert page.status_code == 422
        assert "staff-error" in page.content.decode()
        assert not ReportHandover.objects.exists()

    def test_only_who_may_add_to_the_log_sees_the_form(self) -> None:
        report = self._report()
        User.objects.update(is_superuser=False)
        assert self.hand_over(report).status_code == 403
        assert self.sara.get(f"/admin/policy/aggregatereport/{report.pk}/change/").status_code == 403

    def test_a_report_that_was_altered_stays(self) -> None:
        report = self._report()
        AggregateReport.objects.update(table={**report.table, "total": 1})
        page = self.hand_over(report)
        assert page.status_code == 409
        assert "has been altered" in page.content.decode()


class TestDifferences(Reports):
    """What several reports together could tell."""

    def test_p10_two_reports_over_the_same_days_do_not_both_leave(self) -> None:
        count()
        month, without_a_day = self.made(), self.made(last_day="2026-03-30", columns="")
        assert self.hand_over(month).status_code == 200
        refused = self.hand_over(without_a_day)
        assert refused.status_code == 409
        assert "could be subtracted" in refused.content.decode()
        assert ReportHandover.objects.count() == 1

    def test_p10_nor_to_different_partners(self) -> None:
        count()
        other = Partner.objects.create(name="Shop Example")
        pages, countries = self.made(columns=""), self.made(rows="country", columns="")
        self.hand_over(pages)
        assert self.hand_over(countries, other).status_code == 409

    def test_the_same_report_may_go_to_many(self) -> None:
        count()
        report = self.made()
        other = Partner.objects.create(name="Shop Example")
        assert [self.hand_over(report, to).status_code for to in (self.partner, other)] == [200, 200]

    def test_other_days_are_free(self) -> None:
        count()
        count(day=date(2026, 4, 2))
        march, april = self.made(), self.made(first_day="2026-04-01", last_day="2026-04-30")
        assert [self.hand_over(report).status_code for report in (march, april)] == [200, 200]

    def test_the_preview_warns(self) -> None:
        count()
        report = self.made()
        self.hand_over(report)
        late = self.made(title="Later")
        page = self.sara.get(f"/admin/policy/aggregatereport/{late.pk}/change/").content.decode()
        assert "have been handed over in “March”" in page
        assert "Log and download" not in page

    def test_p10_the_database_refuses_a_day_twice(self) -> None:
        """As when two are handed over at the same moment, and neither sees the other."""
        count()
        first, second = self.made(), self.made(columns="")
        ReportedDay.objects.create(day=date(2026, 3, 31), report=first)
        with pytest.raises(services.Refused):
            services.hand_over(second, partner=self.partner, format="csv", note="", by=first.created_by)
        assert not second.days.exists()

    def test_p10_a_partner_whose_site_came_later_could_subtract(self) -> None:
        count()
        report = self.made()
        shop = Partner.objects.create(name="Shop", host="shop.example.com")
        page = self.hand_over(report, shop)
        assert page.status_code == 409
        assert "could subtract its own visitors" in page.content.decode().replace("\n", " ")
        assert self.hand_over(self.made(), shop).status_code == 200


class TestLog(Reports):
    @pytest.fixture(autouse=True)
    def _handed_over(self, _cast: None) -> None:
        count()
        self.report = self.made()
        self.hand_over(self.report)

    def test_it_is_shown_on_the_report(self) -> None:
        page = self.sara.get(f"/admin/policy/aggregatereport/{self.report.pk}/change/").content.decode()
        assert "contract 7" in page

    def test_p10_code_cannot_change_it(self) -> None:
        with pytest.raises(TypeError):
            ReportHandover.objects.update(note="")
        with pytest.raises(TypeError):
            ReportHandover.objects.all().delete()
        with pytest.raises(TypeError):
            ReportHandover.objects.get().delete()
        with pytest.raises(TypeError):
            ReportHandover.objects.get().save()

    def test_p10_the_admin_cannot_either(self) -> None:
        page = "/admin/noted/?kind=handovers"
        assert b"contract 7" in self.sara.get(page).content
        assert self.sara.post(page, {"note": "x"}).status_code == 405
        assert self.sara.get("/admin/policy/reporthandover/").status_code == 404

    def test_p10_a_report_that_left_cannot_be_deleted(self) -> None:
        delete = f"/admin/policy/aggregatereport/{self.report.pk}/delete/"
        assert self.sara.post(delete, {"post": "yes"}).status_code == 403
        assert AggregateReport.objects.exists()

    def test_it_survives_the_account_of_who_did_it_and_a_new_name_of_the_partner(self) -> None:
        User.objects.all().delete()
        Partner.objects.update(name="Renamed")
        entry = ReportHandover.objects.get()
        assert (entry.by, entry.partner_name) == (None, "Press Example")

    def test_p10_the_policy_shows_the_figures(self) -> None:
        shown = {str(figure.label): figure.value for figure in evidence.of("P10")}
        assert shown["Times that a report was handed to a partner"] == 1
        assert shown["Partners that were given one"] == 1
        assert shown["Smallest figure in any report that was handed over"] == self.report.smallest

    def test_the_year_counts_it(self) -> None:
        year = ReportHandover.objects.get().handed_at.year
        counted = transparency.years(year)[-1].counts
        assert counted["reports.handed-over"] == 1
