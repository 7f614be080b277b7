"""CSV for spreadsheets, sent row by row, that no program runs as a formula."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

# What spreadsheet programs take for the beginning of a formula, also behind white space.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """Words that would begin a formula get an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and (value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)):
        return f"'{value}"
    return value


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([harmless(value) for value in row])


def csv_file(name: str, rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a download. The mark at the beginning tells spreadsheets that it is UTF-8."""
    response = StreamingHttpResponse(_marked(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store, private"
    return response


def _marked(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines(rows)
