"""CSV that no spreadsheet program runs as a formula."""

import csv
import io
from collections.abc import Iterator

import pytest

from bgbegone.lib import sheets
from tests.base import body


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n@x", "＝1", '=HYPERLINK("x")']
)
def test_words_that_would_begin_a_formula_are_marked_as_words(text: str) -> None:
    assert sheets.harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["home", "guide/pets", "a=b", "", "–", -5, -0.5, None, 12])
def test_everything_else_stays_as_it_is(value: object) -> None:
    assert sheets.harmless(value) == value


def test_a_file_reads_back() -> None:
    response = sheets.csv_file("pages", [["Page", "Views"], ['say "hi", all', 3], ["=x", -1], [None, 0.5]])
    text = body(response).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Page", "Views"],
        ['say "hi", all', "3"],
        ["'=x", "-1"],
        ["", "0.5"],
    ]
    assert response["Content-Disposition"] == 'attachment; filename="pages.csv"'


def test_rows_are_sent_one_by_one() -> None:
    taken = []

    def rows() -> Iterator[list[int]]:
        for number in range(1000):
            taken.append(number)
            yield [number]

    assert next(sheets.lines(rows())) == "0\r\n"
    assert taken == [0]
