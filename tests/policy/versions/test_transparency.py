"""/privacy/transparency/: what happened in each year, in numbers."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from policy import figures, transparency
from policy.analytics import retention as analytics
from policy.models import DailyFigure
from policy.transparency import LINES, Part, Year
from tests.base import Cast, finished

pytestmark = pytest.mark.django_db


def _page() -> str:
    return Client().get("/privacy/transparency/", headers={"accept-language": "en"}).content.decode()


def _year(number: int, first: int) -> Year:
    return next(year for year in transparency.years(first) if year.number == number)


def test_p06_a_year_without_disclosures_says_zero() -> None:
    page = _page()
    assert '<span class="year-number">0</span>' in page
    for line in LINES:
        assert str(line.label).replace("'", "&#x27;") in page


def test_p06_disclosures_are_counted_by_ground() -> None:
    figures.add("disclosure.b", 2, date(2024, 12, 31))
    figures.add("disclosure.b", 3, date(2025, 1, 1))
    figures.add("disclosure.d", 1, date(2024, 3, 1))
    year = _year(2024, 2024)
    assert [number for _label, number in year.disclosures] == [0, 2, 0, 1]
    assert year.total_of_disclosures == 3


@time_machine.travel(datetime(2030, 6, 1, tzinfo=UTC), tick=False)
def test_every_year_since_the_first_is_there_newest_first() -> None:
    years = transparency.years(2027)
    assert [year.number for year in years] == [2030, 2029, 2028, 2027]
    assert [year.is_running for year in years] == [True, False, False, False]


def test_other_figures_do_not_count() -> None:
    figures.add("jobs.done", 5)
    assert all(number == 0 for year in transparency.years(2020) for _label, number in year.deeds)


def test_p06_the_years_before_never_change() -> None:
    figures.add("disclosure.a", 4, date(2015, 5, 5))
    figures.add("jobs.done", 4, date(2015, 5, 5))
    analytics._delete_old_figures()
    assert list(DailyFigure.objects.filter(day__year=2015).values_list("key", flat=True)) == ["disclosure.a"]


@pytest.fixture
def own_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transparency, "_counts", {})


def test_an_app_may_count_its_own_rows(own_counts: None) -> None:
    transparency.counted_by("disclosure.c")(lambda: {2021: 9})
    figures.add("disclosure.c", 1, date(2021, 1, 1))
    assert _year(2021, 2020).counts["disclosure.c"] == 9
    assert _year(2020, 2020).counts["disclosure.c"] == 0


def test_a_line_that_is_not_in_the_report_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        transparency.counted_by("nonsense")


class TestPhotos(Cast):
    def test_deleted_photos_and_withdrawn_links_are_counted(self) -> None:
        photo = finished(self.alice)
        link = photo.links.get()
        for _ in range(2):
            self.alice.post(f"/photos/{photo.pk}/links/{link.pk}/revoke/")
        self.alice.post(f"/photos/{photo.pk}/delete/")
        counts = transparency.years(2020)[0].counts
        assert (counts["links.withdrawn"], counts["photos.deleted"]) == (1, 1)


def test_without_a_register_the_zeros_are_explained(own_counts: None) -> None:
    assert "The register of disclosures is still being built." in _page()
    transparency.counted_by("disclosure.a")(dict)
    assert "The register of disclosures is still being built." not in _page()


def test_both_parts_have_lines() -> None:
    assert {line.part for line in LINES} == set(Part)
