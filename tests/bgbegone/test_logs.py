"""Log lines hold ids and facts, never paths, names or addresses."""

import json
import logging

import pytest
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


def test_each_request_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgbegone.requests")
    response = Client().get("/photos/")
    (record,) = [r for r in caplog.records if r.name == "bgbegone.requests"]
    assert vars(record)["route"] == "photos"
    assert vars(record)["id"] == response["X-Request-ID"]
