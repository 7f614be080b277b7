"""The list of cookies, and the name of what people say yes to."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from policy.cookies import registry
from policy.cookies.registry import Category, Cookie


@pytest.fixture(autouse=True)
def _own_list(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_cookies", dict(registry._cookies))
    registry.version.cache_clear()
    yield
    registry.version.cache_clear()


def _cookie(name: str = "taste", category: Category = Category.CONVENIENCE, **other: object) -> Cookie:
    return Cookie(name, category, "Remembers a taste.", "You taste something", **other)  # type: ignore[arg-type]


def test_only_one_cookie_needs_a_yes() -> None:
    assert [cookie.name for cookie in registry.optional()] == ["comforts"]


def test_every_cookie_has_its_sentences() -> None:
    for category in Category:
        for cookie in registry.of(category):
            assert str(cookie.purpose).endswith(".")
            assert cookie.set_when
            assert cookie.lifetime


@pytest.mark.parametrize(
    ("longest", "words"),
    [
        (None, "Until you close the browser"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=14), "14 days"),
        (timedelta(days=365), "12 months"),
    ],
)
def test_a_lifetime_is_said_in_words(longest: timedelta | None, words: str) -> None:
    assert _cookie(longest=longest).lifetime == words


def test_a_new_optional_cookie_makes_a_new_version() -> None:
    before = registry.version()
    registry.register(_cookie())
    assert registry.version() != before


def test_so_does_a_longer_life() -> None:
    registry.register(_cookie(longest=timedelta(days=1)))
    before = registry.version()
    registry.register(_cookie(longest=timedelta(days=2)))
    assert registry.version() != before


def test_a_new_necessary_one_asks_nobody_again() -> None:
    before = registry.version()
    registry.register(_cookie(category=Category.NECESSARY))
    assert registry.version() == before


def test_the_version_is_the_same_in_every_language() -> None:
    before = registry.version()
    registry.version.cache_clear()
    with translation.override("de"):
        assert registry.version() == before
