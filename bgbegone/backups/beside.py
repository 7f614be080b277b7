"""A database that is built beside the one in use and takes its place at one stroke, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection, transaction

_SCHEMA = "bgbegone_restore"


@contextmanager
def beside() -> Iterator[None]:
    """In the block `connection` is an empty database. At its end that replaces the one in use; whatever is
    raised leaves the one in use as it was."""
    with _new_schema() if connection.vendor == "postgresql" else _new_file():
        yield


@contextmanager
def _new_file() -> Iterator[None]:
    old = Path(connection.settings_dict["NAME"])
    new = old.with_name(f"{old.name}.restoring")
    _remove(new)
    new.touch(mode=0o600)
    try:
        _open(new)
        yield
        _write_out(new)
        _open(old)
        _write_out(old)
        os.replace(new, old)
    finally:
        _open(old)
        _remove(new)


def _open(file: Path) -> None:
    connection.close()
    connection.settings_dict["NAME"] = str(file)


def _write_out(file: Path) -> None:
    """Leave nothing beside the file that belongs to it: what lies beside would be read with the new one."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            Path(f"{file}{ending}").unlink()


@contextmanager
def _new_schema() -> Iterator[None]:
    """A schema of its own, whose tables move into the one in use when it is complete."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (home,) = cursor.fetchone()
        cursor.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {_SCHEMA}")
        cursor.execute(f"SET search_path TO {_SCHEMA}")
    try:
        yield
        with transaction.atomic():
            _move_home(home)
    finally:
        # The next connection has the search path that it always has.
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")


def _move_home(home: str) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30s'")
        new_tables, new_functions = _tables(_SCHEMA), _functions(_SCHEMA)
        # Only what the new tables replace: others in that schema may be somebody else's.
        for table in set(_tables(home)) & set(new_tables):
            cursor.execute(f"DROP TABLE {quote(home)}.{quote(table)} CASCADE")
        for function in set(_functions(home)) & set(new_functions):
            cursor.execute(f"DROP FUNCTION {quote(home)}.{quote(function)}() CASCADE")
        for table in new_tables:
            cursor.execute(f"ALTER TABLE {_SCHEMA}.{quote(table)} SET SCHEMA {quote(home)}")
        for function in new_functions:
            cursor.execute(f"ALTER FUNCTION {_SCHEMA}.{quote(function)}() SET SCHEMA {quote(home)}")


def _tables(schema: str) -> list[str]:
    return _names("SELECT tablename FROM pg_tables WHERE schemaname = %s", schema)


def _functions(schema: str) -> list[str]:
    """Those of the triggers, which take no arguments."""
    return _names(
        "SELECT proname FROM pg_proc WHERE pronamespace = %s::regnamespace AND pronargs = 0", schema
    )


def _names(query: str, schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, [schema])
        return [name for (name,) in cursor.fetchall()]
