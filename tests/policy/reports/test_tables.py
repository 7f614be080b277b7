"""Tables of page views for partners (promise P10)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import models

from policy import inventory
from policy.models import PageSourceDaily
from policy.reports import suppression, tables
from policy.reports.tables import Dimension, NothingToReport, Published, Request
from tests.policy.reports.base import FIRST, LAST, MARCH, count


def publish(*dimensions: str, hosts: tuple[str, ...] = (), minimum: int = 10, **days: Any) -> Published:
    asked = {"first_day": FIRST, "last_day": LAST, **days}
    return tables.publish(Request(dimensions=dimensions, minimum=minimum, **asked), hosts)


@pytest.mark.django_db
class TestFigures:
    def test_they_are_those_of_the_rollup(self) -> None:
        count()
        table = publish("route")
        assert dict(table.lines()) == {"guide/cars": [125], "guide/pets": [124], "home": [620]}
        assert table.total == sum(MARCH.values())

    def test_two_dimensions_have_totals_both_ways(self) -> None:
        count({key: 10 * views for key, views in MARCH.items()})
        table = publish("route", "referrer_host")
        assert table.columns == ["", "news.example", "shop.example.com"]
        assert table.cells[1] == [900, 300, 40]
        assert table.row_totals == [1250, 1240, 6200]
        assert table.column_totals == [6600, 1300, 790]

    def test_other_days_stay_out(self) -> None:
        count()
        count(day=FIRST - timedelta(days=1))
        count(day=LAST + timedelta(days=1))
        assert publish("route").total == sum(MARCH.values())

    @pytest.mark.parametrize(("dimension", "lines"), [("day", 31), ("week", 6), ("month", 1)])
    def test_every_line_of_a_period_is_there_whether_views_were_or_not(
        self, dimension: str, lines: int
    ) -> None:
        count()
        assert len(publish(dimension).rows) == lines

    def test_weeks_are_those_of_the_calendar(self) -> None:
        count(day=date(2026, 1, 1))
        table = publish("week", first_day=date(2025, 12, 29), last_day=date(2026, 1, 4))
        assert table.rows == ["2026-W01"]


@pytest.mark.django_db
class TestSmallLines:
    def test_p10_a_rare_referrer_is_not_even_named(self) -> None:
        count({**MARCH, ("home", "alices-blog.example"): 9, ("home", "bobs-blog.example"): 9})
        table = publish("referrer_host")
        assert tables.OTHER in table.rows
        assert not {"alices-blog.example", "bobs-blog.example"} & set(table.rows)
        assert dict(table.lines())[tables.OTHER] == [18]

    def test_p10_other_is_never_small_itself(self) -> None:
        count({**MARCH, ("home", "alices-blog.example"): 2})
        table = publish("referrer_host")
        assert dict(table.lines())[tables.OTHER] == [2 + 79]
        assert "shop.example.com" not in table.rows

    def test_there_is_an_end_to_lines(self) -> None:
        count({("home", f"{n}.example"): 100 + n for n in range(60)})
        assert len(publish("referrer_host").rows) == tables.MOST_LINES + 1

    def test_p10_small_cells_are_withheld_and_none_can_be_worked_out(self) -> None:
        count()
        table = publish("route", "referrer_host")
        pets = table.cells[table.rows.index("guide/pets")]
        assert pets[2] is None
        assert sum(cell is None for line in table.cells for cell in line) == 4
        assert all(figure >= 10 for figure in table.shown)

    def test_p10_a_partner_cannot_subtract_its_own_visitors(self) -> None:
        """With its own line known, a cycle through that line protects nothing."""
        count({**MARCH, ("guide/cars", "news.example"): 3})
        alone, guarded = (
            publish("route", "referrer_host", hosts=hosts) for hosts in ((), ("shop.example.com",))
        )
        assert len(guarded.shown) < len(alone.shown)

    def test_p10_sites_below_a_partners_own_are_its_own(self) -> None:
        assert tables.is_site_of("www.shop.example.com", "shop.example.com")
        assert tables.is_site_of("shop.example.com", "shop.example.com")
        assert not tables.is_site_of("workshop.example.com", "shop.example.com")

    def test_p10_a_table_that_fails_the_audit_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        count()
        monkeypatch.setattr(suppression, "to_withhold", lambda *_args: frozenset())
        with pytest.raises(tables.Leak):
            publish("route", "referrer_host")


@pytest.mark.django_db
class TestNothing:
    def test_an_empty_range_says_so(self) -> None:
        with pytest.raises(NothingToReport, match="There are no page views in this period"):
            publish("route")

    def test_too_few_views_say_so_and_not_how_many(self) -> None:
        count({("home", ""): 9})
        with pytest.raises(NothingToReport, match="fewer than 10 page views"):
            publish("route")

    def test_a_table_too_large_to_check_says_what_to_do(self) -> None:
        count({("home", f"{n}.example"): 500 for n in range(25)})
        with pytest.raises(NothingToReport, match="choose a shorter period"):
            publish("day", "referrer_host", first_day=date(2026, 1, 1))


@pytest.mark.django_db
class TestPersons:
    def test_p10_personal_fields_cannot_enter_a_report(self) -> None:
        count()
        # A name may be that of a dimension by chance: the day on which a key was used is not that of a view.
        fields = {name for entry in inventory.entries() for name in entry.fields}
        personal = fields - set(Dimension.values)
        assert "email" in personal
        for name in personal:
            with pytest.raises(NothingToReport, match="nothing about persons"):
                publish(name)

    def test_p10_no_dimension_becomes_personal_unnoticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        count()
        monkeypatch.setattr(inventory, "_personal", [])
        inventory.personal(PageSourceDaily, "country", purpose="", kept="")
        with pytest.raises(NothingToReport, match="nothing about persons"):
            publish("country")

    def test_p10_the_source_of_reports_points_to_no_person(self) -> None:
        columns = PageSourceDaily._meta.concrete_fields
        assert not any(isinstance(column, models.ForeignKey) for column in columns)
        assert {column.name for column in columns} == {
            "id",
            "day",
            "views",
            *(set(Dimension.values) - {"day", "week", "month"}),
        }
