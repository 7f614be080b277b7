"""/admin/dashboard/<table>.csv: every table as a file."""

import csv
import io
from typing import Any

from policy.dashboard.periods import Period
from tests.base import body
from tests.policy.dashboard.base import Board, ago, figures, views


class TestFiles(Board):
    def rows(self, key: str, **choice: Any) -> list[list[str]]:
        answer = self.sara.get(f"/admin/dashboard/{key}.csv", choice)
        assert answer.status_code == 200
        assert answer.streaming
        return list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))

    def test_a_row_for_each_day(self) -> None:
        views(ago(1), count=1200)
        rows = self.rows("views", range="7")
        assert rows[0][:2] == ["Day", "Views"]
        assert len(rows) == 8
        assert rows[-2][:2] == [ago(1).isoformat(), "1200"]

    def test_days_stay_days_over_a_year(self) -> None:
        views(ago(1))
        assert len(self.rows("views", range="12m")) == 366

    def test_pages(self) -> None:
        views(ago(0), "guide/pets", 50, refused=2, failed=1, durations={"75": 50})
        assert self.rows("pages")[1] == ["Guide: pets", "50", "0", "10.0", "2", "1", "75", "75"]

    def test_a_name_that_begins_like_a_formula_is_harmless(self) -> None:
        views(ago(0), '=HYPERLINK("https://evil.example")')
        assert self.rows("pages")[1][0].startswith("'=HYPERLINK")

    def test_all_tables_of_the_page_are_there(self) -> None:
        views(ago(0))
        figures(ago(0), jobs_done=1)
        for key in ("active-time", "errors", "mail", "jobs", "queue", "retention", "referrers"):
            assert self.rows(key)[0]

    def test_the_file_is_named_after_its_period(self) -> None:
        views(ago(0))
        period = Period.ending_today(30)
        name = self.sara.get("/admin/dashboard/jobs.csv")["Content-Disposition"]
        assert name == f'attachment; filename="jobs-{period.first}-{period.last}.csv"'

    def test_there_is_no_other(self) -> None:
        assert self.sara.get("/admin/dashboard/users.csv").status_code == 404

    def test_tables_that_belong_to_no_page_do_not_pretend_to(self) -> None:
        views(ago(0), "home")
        assert self.sara.get("/admin/dashboard/jobs.csv", {"route": "home"}).status_code == 404
