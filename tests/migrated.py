"""A database of SQLite with every migration done: made once for a run of the tests, and copied by whatever
begins with one. That migrations work from nothing is shown where it is made, and by a service that starts
afresh.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

ROOT = Path(__file__).resolve().parents[1]
# Names the folder of this run to the processes that it starts.
_FOLDER = "TEST_RUN_FOLDER"


@contextmanager
def kept_for_this_run() -> Iterator[None]:
    """Once made, a database serves all processes that are started until the block ends."""
    with tempfile.TemporaryDirectory(prefix="bgbegone-migrated-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


def put_into(data: Path) -> None:
    """Give a data folder its database; outside of a run of the tests, nothing."""
    if _FOLDER not in os.environ:
        return
    data.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(data / "db.sqlite3")) as connection:
        _fill(connection)


def fill_the_first_in_memory() -> None:
    """The next database in memory begins migrated. Django still looks whether anything is missing."""
    if "PYTEST_XDIST_WORKER" not in os.environ:  # alone, a process makes it for itself as quickly
        return

    def fill(connection: Any, **kwargs: object) -> None:
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            connection_created.disconnect(fill)
            _fill(connection.connection)

    connection_created.connect(fill, weak=False)


def _fill(connection: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(_made() / "db.sqlite3")) as source:
        source.backup(connection)


def _made() -> Path:
    """The data folder that is copied: the first who asks makes it, and others wait for it."""
    folder = Path(os.environ[_FOLDER])
    data = folder / "data"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            _migrate(folder / "draft")
            (folder / "draft").rename(data)
    return data


def _migrate(data: Path) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "bgbegone.settings", "BGBEGONE_DATA": str(data), "DATABASE_URL": ""}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True)
