"""Reads every line that the suite logs, in its own processes and in the services that it starts.

Lines hold ids and facts. What no line may hold is known by its form, or because a test has typed, sent or
stored it. `tests/conftest.py` looks after each test, and fails the one that ran.
"""

import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

# Each with what every such text holds: to look for that first takes a tenth of the time.
_FORMS = [
    ("an address", "@", r"[\w.+-]+@[\w.-]+\.[A-Za-z]{2}"),
    ("a key of the API", "bbg", r"\bbbg(?:test)?_\w{8}"),
    ("a webhook's secret", "whsec_", r"\bwhsec_\w"),
    # Letters of both sizes and a digit, which neither an id nor a word of ours has.
    (
        "a token",
        "",
        r"(?<![\w/.-])(?![a-z\d-]{24})(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{24,}(?![\w-])",
    ),
    ("a signed value", ":", r"[\w-]{4,}:\w{6}:[\w-]{27,}"),
    ("a link", "/", r"/(?:r|b|opt-out|news/confirm|receipt|confirm-email)/[\w:-]{6,}"),
    ("a browser", "/", r"Mozilla/\d|AppleWebKit|Gecko/|[Pp]ython-(?:urllib|requests|httpx)/|curl/\d"),
    ("an IP address", ".", r"(?<![\w./-])(?!127\.)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"),
    # This machine's own is as often that of a server of ours, as part of an address or in quotes.
    ("an IP address", "127.0.0.1", r"(?<![\w./@\"'-])127\.0\.0\.1(?![\w.])"),
    ("an IP address", "::", r"(?<![\w:])(?:[0-9a-f]{1,4}:)*:[0-9a-f]{1,4}\b"),
    ("an IP address", ":", r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b"),
    ("a phone number", "+", r"\+[1-9]\d[\d ]{6,}"),
    ("a password", "correct horse", r"correct horse"),
    ("a password", "violet-harbour", r"violet-harbour"),
]
_FORM = [(kind, mark, re.compile(form)) for kind, mark, form in _FORMS]
# Where the service itself listens and connects to, which is nobody's address.
_OURS = re.compile(
    r"(?:Listening at: http://|connecting to |Error while reading from |connection to server at \")[\w.:]+"
)
_TYPED = re.compile(r"passw|login|username|email|full_name|phone|given_to|message|secret|code")
_STORED = {
    "accounts_user": ("username", "email", "full_name", "phone"),
    "django_session": ("session_key",),
    "images_photo": ("name",),
    "images_item": ("path",),
}
_SENT = ("HTTP_USER_AGENT", "HTTP_AUTHORIZATION", "HTTP_X_API_KEY", "HTTP_X_FORWARDED_FOR", "QUERY_STRING")
# What is shorter stands in honest lines, too, and so does the name of a photo that came without one.
_SHORTEST, _NAMELESS = 5, "photo"

# Servers that a test sets up for the service to talk to: of mail, and of S3.
_OTHERS = ("mail.log", "werkzeug")

_secrets: set[str] = set()
_leaks: list[str] = []
# Logs of services that run, and how much of each has been read.
_files: dict[Path, int] = {}


def learn(*values: object) -> None:
    """Until the next look, none of these may be in a line."""
    _secrets.update(filter(_is_telling, map(str, values)))


def _is_telling(text: str) -> bool:
    return len(text) >= _SHORTEST and text != _NAMELESS and not text.isdigit()


def leak_in(text: str, secrets: Iterable[str] = ()) -> str:
    """The first thing in this text that no log may hold, and what it is; nothing when all is well."""
    text = _OURS.sub("", text.replace("%2F", "/"))  # in an address of S3 an id would look like a token
    for kind, mark, form in _FORM:
        if mark in text and (match := form.search(text)):
            return f"{kind}: {match[0]!r}"
    known = next((secret for secret in secrets if secret in text), None)
    return f"what was typed, sent or stored: {known!r}" if known else ""


def _read(text: str, secrets: Iterable[str]) -> None:
    if leak_in(text, secrets):
        _leaks.extend(f"{leak} in: {line}" for line in text.splitlines() if (leak := leak_in(line, secrets)))


def found() -> list[str]:
    """What has been leaked since this was asked before."""
    for file in _files:
        _read_on(file, _secrets)
    leaks = _leaks.copy()
    _leaks.clear()
    _secrets.clear()
    return leaks


class Watch(logging.Handler):
    """Stands beside the service's handler, with its form and its filter, and reads what that one writes."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in _OTHERS:
            _read(self.format(record), _secrets)


# What tests type, send and store


def learn_from_tests() -> None:
    """Listen to what the suite's own browsers send and what is stored meanwhile."""
    from django.core.signals import request_started
    from django.db.models.signals import post_save
    from django.test import client

    request_started.connect(_learn_request)
    post_save.connect(_learn_row)
    encode = client.encode_multipart

    def encode_and_learn(boundary: str, data: dict[str, Any]) -> bytes:
        _learn_form(data)
        return encode(boundary, data)

    client.encode_multipart = encode_and_learn


def _learn_request(environ: Mapping[str, Any] | None = None, **_: object) -> None:
    sent = environ or {}
    with suppress(Exception):  # a test may send a cookie that is none
        learn(*(cookie.value for cookie in SimpleCookie(sent.get("HTTP_COOKIE", "")).values()))
    learn(*(sent[name] for name in _SENT if name in sent))


def _learn_row(instance: Any, **_: object) -> None:
    learn(*(getattr(instance, field) for field in _STORED.get(instance._meta.db_table, ())))


def _learn_form(data: Mapping[str, Any]) -> None:
    for name, value in data.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if hasattr(one, "read"):
                learn(Path(getattr(one, "name", "")).name)
            elif _TYPED.search(name):
                learn(one)


# Services that tests start


@contextmanager
def reading(file: Path, database: Path) -> Iterator[None]:
    """Read the log of a service while it runs, and once more when it has stopped with what it has stored."""
    _files[file] = 0
    try:
        yield
    finally:
        _files.pop(file)
        _read(file.read_text(errors="replace"), {*_secrets, *_kept(database)})


def _read_on(file: Path, secrets: Iterable[str]) -> None:
    with file.open("rb") as log:
        log.seek(_files[file])
        text = log.read()
    whole = text[: text.rfind(b"\n") + 1]
    _files[file] += len(whole)
    _read(whole.decode(errors="replace"), secrets)


def _kept(database: Path) -> set[str]:
    kept: set[str] = set()
    if not database.exists():
        return kept
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for table, fields in _STORED.items():
            with suppress(sqlite3.OperationalError):
                rows = connection.execute(f"SELECT {', '.join(fields)} FROM {table}")  # noqa: S608
                kept.update(value for row in rows for value in row if value and _is_telling(value))
    return kept
