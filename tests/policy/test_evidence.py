"""Figures beside the clauses."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext_lazy

from bgbegone import settings as real
from policy import evidence, figures
from policy.clauses import CLAUSES
from policy.evidence import Evidence, Figure, Table
from policy.templatetags.evidence import shown
from tests.base import Cast, finished, staff


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """No evidence but what a test registers."""
    monkeypatch.setattr(evidence, "_sources", {})
    return evidence._sources


def test_every_app_may_add_to_a_clause(sources: Any) -> None:
    evidence.register("P3")(lambda: [Figure("one", 1)])
    evidence.register("P3")(lambda: iter([Figure("two", 2)]))
    assert evidence.of("P3") == [Figure("one", 1), Figure("two", 2)]
    assert evidence.of("P4") == []


def test_a_figure_is_counted_once_a_minute(sources: Any) -> None:
    counted: list[int] = []

    @evidence.register("P3")
    def _count() -> Iterator[Evidence]:
        counted.append(1)
        yield Figure("counted", len(counted))

    assert evidence.of("P3") == evidence.of("P3") == [Figure("counted", 1)]
    cache.clear()
    assert evidence.of("P3") == [Figure("counted", 2)]


def test_each_language_has_words_of_its_own(sources: Any) -> None:
    evidence.register("P3")(lambda: [Figure(gettext_lazy("German"), gettext_lazy("German"))])
    for language, words in (("de", "Deutsch"), ("en", "German")):
        with translation.override(language):
            assert evidence.of("P3") == [Figure(words, words)]


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "not yet"), (0, "0"), (7, "7"), ("argon2", "argon2"), ("<b>", "<b>")],
)
def test_values_in_words(value: Any, words: str) -> None:
    with translation.override("en"):
        assert shown(value) == words


def test_a_moment_is_shown_in_the_sites_time() -> None:
    with translation.override("de"):
        html = shown(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    assert html == '<time datetime="2026-03-29T01:30:00+00:00">29.03.2026 01:30</time>'


@pytest.mark.django_db
def test_what_is_registered_can_be_counted_on_an_empty_database() -> None:
    for clause in CLAUSES:
        for found in evidence.of(clause):
            assert isinstance(found, Figure | Table)


def _figures(clause: str) -> dict[str, Any]:
    cache.clear()
    with translation.override("en"):
        return {str(f.label): f.value for f in evidence.of(clause) if isinstance(f, Figure)}


@pytest.mark.django_db
def test_p04_the_page_says_how_passwords_are_stored() -> None:
    # The tests use a quick one; what the service uses is told by its settings.
    assert _figures("P4")["How new passwords are stored"] == "md5"
    assert "Argon2" in real.PASSWORD_HASHERS[0]


@pytest.mark.django_db
def test_p02_no_field_is_undeclared_on_the_page() -> None:
    assert _figures("P2")["Fields that nobody has declared"] == 0


class TestImages(Cast):
    def test_p14_links_opened_withdrawn_and_expired(self) -> None:
        before = _figures("P14")
        photo = finished(self.guest)
        assert _figures("P14")["Links that open something now"] == 1
        photo.links.get().revoke()
        photo.links.get().revoke()
        after = _figures("P14")
        assert after["Links that open something now"] == 0
        assert after["Links withdrawn by their owners"] == before["Links withdrawn by their owners"] + 1

    def test_p16_deleted_photos_are_counted(self) -> None:
        photo = finished(self.alice)
        assert _figures("P16")["Photos held now"] == 1
        self.alice.post(f"/photos/{photo.pk}/delete/")
        counted = _figures("P16")
        assert (counted["Photos held now"], counted["Photos deleted"]) == (0, 1)

    def test_p16_nothing_held_stays_longer_than_promised(self) -> None:
        photo = finished(self.alice)
        assert _figures("P16")["The last of those held now goes at the latest"] == photo.expires_at

    def test_p13_the_model_is_named(self) -> None:
        assert _figures("P13")["Model that cuts out, on our own disk"] == settings.MODEL


@pytest.mark.django_db
class TestTotals:
    def test_a_total_is_the_sum_of_all_days(self) -> None:
        assert figures.total("x") == 0
        figures.add("x", 2, date(2025, 1, 1))
        figures.add("x", 3, date(2026, 1, 1))
        figures.add("y", 5, date(2026, 1, 1))
        assert figures.total("x") == 5

    def test_staff_without_a_second_factor_are_counted(self) -> None:
        staff()
        assert _figures("P4")["Staff kept out of the admin for want of a second factor"] == 0
