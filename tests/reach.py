"""What each test does to the database, the store, the cache and the queue, so that servers need not see the
same thing twice.

A run on files notes it (`--note-reach FOLDER`): every statement, call or message, the lines of ours that it
comes from, how it ended, and whether a value is of a kind that servers take otherwise. Of the tests of that
run, one on servers repeats as many as it takes for all of that to happen there, too (`--reach FOLDER`), and
every test of which nothing is known.
"""

import json
import re
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.storage import FileSystemStorage
from django.db import connection

_ROOT = f"{Path(__file__).resolve().parents[1]}/"
_NOT_OURS = (f"{_ROOT}tests/", f"{_ROOT}.venv/")
_CALLS: dict[type, tuple[str, ...]] = {
    FileSystemStorage: ("_open", "_save", "delete", "exists", "listdir", "size", "get_modified_time"),
    LocMemCache: ("get", "set", "add", "incr", "delete", "touch"),
}
_LONG, _WIDE = 100, 2**31


def key_of(item: pytest.Item) -> str:
    """The same in every process; xdist adds its group to a node's id."""
    path, _, words = item.location
    return f"{path}::{words}"


class Notes:
    """Notes what the tests of this process do, and writes it into a folder in the end."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.json"
        self._of_tests: dict[str, list[str]] = {}
        self._now: set[str] = set()
        self._has_run = True

    def pytest_sessionstart(self) -> None:
        before_task_publish.connect(self._message)
        for kind, calls in _CALLS.items():
            for call in calls:
                setattr(kind, call, self._noted(getattr(kind, call), f"{kind.__name__}.{call}"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._now, self._has_run = set(), True
        with connection.execute_wrapper(self._statement):
            result = yield
        if self._has_run:
            self._of_tests[key_of(item)] = sorted(self._now)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._has_run &= not report.skipped

    def pytest_sessionfinish(self) -> None:
        self._file.write_text(json.dumps(self._of_tests))

    def _statement(self, execute: Callable[..., Any], sql: str, params: Any, *others: Any) -> Any:
        with self._ending(f"{_shape(sql)} {' '.join(_kinds(params))}"):
            return execute(sql, params, *others)

    def _noted(self, call: Callable[..., Any], words: str) -> Callable[..., Any]:
        @wraps(call)
        def noted(*values: Any, **options: Any) -> Any:
            with self._ending(words):
                return call(*values, **options)

        return noted

    def _message(self, sender: str, **kwargs: Any) -> None:
        with self._ending(f"message {sender}"):
            pass

    @contextmanager
    def _ending(self, words: str) -> Iterator[None]:
        place, end = _place(), ""
        try:
            yield
        except Exception as err:
            end = type(err).__name__
            raise
        finally:
            self._now.add(f"{place} {words} {end}")


def _place() -> str:
    """The two innermost lines of ours: a statement with a lock looks on SQLite like one without. Nothing
    for what a test does itself."""
    frame, lines = sys._getframe(1), list[str]()
    while frame and len(lines) < 2:
        name = frame.f_code.co_filename
        if name.startswith(_ROOT) and not name.startswith(_NOT_OURS):
            lines.append(f"{name.removeprefix(_ROOT)}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]
    return " < ".join(lines)


@lru_cache(10_000)
def _shape(sql: str) -> str:
    """A statement without its numbers, names of savepoints, and lengths of lists."""
    short = re.sub(r"(%s, )+", "", re.sub(r"\bs\d+_x\d+|\d+", "0", sql))
    return re.sub(r"(\(%s\), )+", "", short)


def _kinds(params: Any) -> set[str]:
    """What SQLite stores, and a server may refuse."""
    values = params.values() if isinstance(params, Mapping) else params or ()
    return {kind for value in values for kind in _kinds_of(value)}


def _kinds_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if "\0" in value:
            yield "NUL"
        if len(value) > _LONG:
            yield "long"
    if isinstance(value, int) and abs(value) >= _WIDE:
        yield "wide"


def chosen(items: Iterable[pytest.Item], folder: Path) -> list[pytest.Item]:
    """Of the tests that were noted as few as show everything, roughly; of the others all. So, too, of those
    with transactions of their own, whose threads nobody notes."""
    noted: dict[str, list[str]] = {}
    for file in folder.glob("*.json"):
        noted |= json.loads(file.read_text())
    needed = _cover(noted)
    return [item for item in items if (key := key_of(item)) not in noted or key in needed or _commits(item)]


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    fixtures = vars(item).get("fixturenames", ())
    return "transactional_db" in fixtures or bool(marker and marker.kwargs.get("transaction"))


def _cover(noted: Mapping[str, Collection[str]]) -> set[str]:
    """The one that does most first: what many others do is then seen already."""
    seen: set[str] = set()
    needed = set()
    for key in sorted(noted, key=lambda key: (-len(noted[key]), key)):
        if not seen.issuperset(noted[key]):
            seen.update(noted[key])
            needed.add(key)
    return needed
