"""Log lines that carry ids and facts, and never a path: paths hold capability tokens."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from bgbegone.lib.waiting import is_put_aside

logger = logging.getLogger("bgbegone.requests")

# What Django adds to a record of its own; a request's text form holds its path.
_DJANGO = ["request", "status_code", "server_time"]
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", *_DJANGO}


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller handed over in `extra`."""
    return {key: value for key, value in vars(record).items() if key not in _STANDARD}


# What PostgreSQL says beside an error: the row on which it failed, with all of its values.
_ROW = re.compile(
    r"^DETAIL:.*?(?=^(?:The above exception|During handling|Traceback)|\Z)", re.DOTALL | re.MULTILINE
)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")


def _without_people(text: str, record: logging.LogRecord) -> str:
    """The words of an error are not ours, and may hold what it happened to."""
    return _ADDRESS.sub("…", _ROW.sub("", text)) if record.exc_info or record.exc_text else text


class TextFormatter(logging.Formatter):
    """`12:00:01 INFO photo accepted photo=…`, for a person at a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return _without_people(super().format(record), record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        facts = " ".join(f"{key}={value}" for key, value in facts_of(record).items())
        return f"{super().formatMessage(record)} {facts}".rstrip()


class JsonFormatter(BaseJsonFormatter):
    """One JSON object a line, for machines."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            reserved_attrs=[*RESERVED_ATTRS, *_DJANGO],
        )

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        for name, value in log_data.items():
            if isinstance(value, str):
                log_data[name] = _without_people(value, record)


class WithoutPaths(logging.Filter):
    """Takes the path out of Django's own lines, such as “Not Found: /r/<token>/”."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = vars(record).get("request")
        if record.name.startswith("django.") and isinstance(request, HttpRequest):
            if not record.exc_info:
                return False  # RequestLogMiddleware has said it already
            if record.name.startswith("django.security."):
                _tell_in_a_line(record)
            word = "Error" if record.exc_info else "Refused"
            record.msg, record.args = f"{word} in {route_of(request)}", ()
        return True


def _tell_in_a_line(record: logging.LogRecord) -> None:
    """A request that Django refused, a form with too many fields for example, is no error of ours."""
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    vars(record)["refused"] = record.name.removeprefix("django.security.")
    record.exc_info = record.exc_text = None


# Polls and health checks: nobody reads a page there, and they would drown everything else.
UNWATCHED = frozenset(
    {
        "photo_status",
        "batch_changes",
        "batch_upload",
        "batch_uploads",
        "healthz",
        "readyz",
        "metrics",
        "beacon",
    }
)


def route_of(request: HttpRequest) -> str:
    """The name of the route, which says which page it was without saying whose."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "unknown"


class RequestLogMiddleware:
    """One line a request: id, method, route, status, milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        response = self.get_response(request)
        if is_put_aside(request, response):
            return response  # it is asked again, and then answered
        response["X-Request-ID"] = uuid.uuid4().hex
        facts = {
            "id": response["X-Request-ID"],
            "method": request.method,
            "route": route_of(request),
            "status": response.status_code,
            "ms": round((time.monotonic() - started) * 1000),
        }
        quiet = facts["route"] in {*UNWATCHED, "unknown"}
        logger.log(logging.DEBUG if quiet else logging.INFO, "request", extra=facts)
        return response
