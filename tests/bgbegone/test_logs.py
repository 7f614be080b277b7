"""Log lines hold ids and facts, never paths, names or addresses."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory

from bgbegone.lib.logs import JsonFormatter, TextFormatter, WithoutPaths

pytestmark = pytest.mark.django_db


def _record(**extra: object) -> logging.LogRecord:
    record = logging.makeLogRecord({"msg": "photo accepted", "name": "images", **extra})
    record.levelname = "INFO"
    return record


def test_text_lines_end_with_their_facts() -> None:
    assert TextFormatter().format(_record(photo=7)).endswith("INFO photo accepted photo=7")


def test_json_lines_hold_them_as_fields() -> None:
    line = json.loads(JsonFormatter().format(_record(photo=7)))
    assert (line["message"], line["photo"]) == ("photo accepted", 7)


def test_djangos_own_line_with_the_path_is_left_out() -> None:
    request = RequestFactory().get("/r/secret/")
    record = _record(request=request, status_code=404)
    record.name = "django.request"
    assert not WithoutPaths().filter(record)


def test_an_error_is_told_by_its_route() -> None:
    request = RequestFactory().get("/r/secret/")
    record = _record(request=request, exc_info=(ValueError, ValueError("x"), None))
    record.name = "django.request"
    assert WithoutPaths().filter(record)
    for formatter in (TextFormatter(), JsonFormatter()):
        assert "secret" not in formatter.format(record)


_REFUSED = """null value in column "phone"
DETAIL:  Failing row contains (7, dora@example.org,
Dora Maar).
"""


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_the_words_of_an_error_tell_nothing_of_the_row_that_it_failed_on(
    formatter: logging.Formatter,
) -> None:
    person = "dora@example.org"
    try:
        try:
            raise IntegrityError(_REFUSED)
        except IntegrityError as err:
            raise ValueError(f"cannot write to {person}") from err
    except ValueError:
        line = formatter.format(_record(exc_info=sys.exc_info(), row=_REFUSED))
    assert "null value in column" in line
    assert "ValueError: cannot write to" in line
    assert "dora" not in line.lower()


def test_each_request_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgbegone.requests")
    response = Client().get("/photos/")
    (record,) = [r for r in caplog.records if r.name == "bgbegone.requests"]
    assert vars(record)["route"] == "photos"
    assert vars(record)["id"] == response["X-Request-ID"]
