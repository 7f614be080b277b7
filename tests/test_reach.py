"""What the second run, on servers, leaves out: nothing that would be new to them."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from tests import reach
from tests.base import member

_ROWS = 'SELECT "a" FROM "b" WHERE "c" IN (%s, %s, %s) LIMIT 21'


def test_numbers_and_lengths_make_no_new_statement() -> None:
    assert reach._shape(_ROWS) == reach._shape('SELECT "a" FROM "b" WHERE "c" IN (%s) LIMIT 5')
    assert reach._shape('SAVEPOINT "s1_x1"') == reach._shape('SAVEPOINT "s2345_x17"')


def test_a_hundred_rows_are_written_like_one() -> None:
    one = 'INSERT INTO "a" ("b", "c") VALUES (%s, %s)'
    assert reach._shape(f"{one}, (%s, %s), (%s, %s)") == reach._shape(one)


def test_another_column_or_condition_does() -> None:
    others = (_ROWS.replace('"a"', '"d"'), _ROWS.replace(" IN ", " NOT IN "), _ROWS.replace("LIMIT 21", ""))
    assert reach._shape(_ROWS) not in {reach._shape(other) for other in others}


@pytest.mark.parametrize(
    ("value", "kinds"),
    [("a", set()), ("a\0", {"NUL"}), ("a" * 101, {"long"}), (2**31, {"wide"}), (-5, set()), (None, set())],
)
def test_values_that_servers_may_refuse_are_told(value: object, kinds: set[str]) -> None:
    assert reach._kinds([1, value]) == reach._kinds({"name": value}) == kinds


def test_what_only_one_shows_is_needed_and_what_others_show_is_not() -> None:
    noted = {"all": ["a", "b", "c"], "part": ["a", "b"], "own": ["a", "d"], "nothing": []}
    assert reach._cover(noted) == {"all", "own"}


def _noted(tmp_path: Path, *steps: Callable[[], object]) -> list[set[str]]:
    found = []
    for step in steps:
        notes = reach.Notes(tmp_path, "x")
        with connection.execute_wrapper(notes._statement), suppress(IntegrityError), transaction.atomic():
            step()
        found.append(notes._now)
    return found


@pytest.mark.django_db
def test_a_statement_is_noted_with_our_line_and_its_end(tmp_path: Path) -> None:
    new, again = _noted(tmp_path, lambda: member("alice"), lambda: member("alice"))
    assert any(words.startswith("policy/") and "INSERT INTO" in words for words in new)
    assert [words for words in again - new if words.endswith(" IntegrityError")]


@pytest.mark.django_db
def test_another_person_s_rows_are_nothing_new(tmp_path: Path) -> None:
    alice, bob = _noted(tmp_path, lambda: member("alice"), lambda: member("bob"))
    assert alice == bob
