"""Rows of every model as JSON, a row a line, and back into tables of the same migrations."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from bgbegone.backups.archive import ROWS, Broken, Writer

_PORTION = 2000
_PLAIN = (bool, int, float, str, type(None))

Model = type[models.Model]
Node = tuple[str, str]


def applied() -> list[Node]:
    """The migrations of this database, as (app, name)."""
    return sorted(MigrationRecorder(connection).applied_migrations())


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything that is read in the block is of one moment, and nobody who writes has to wait."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        # Not `atomic`, which on SQLite would take the lock for writing.
        cursor.execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if is_postgresql else "BEGIN DEFERRED"
        )
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def dump(archive: Writer) -> None:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            lines = map(_line, model._base_manager.order_by("pk").iterator(chunk_size=_PORTION))
            number = 0
            while portion := list(islice(lines, _PORTION)):
                archive.add_rows(f"{model._meta.label_lower}/{number}", portion)
                number += 1


def _fields(model: Model) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def _line(row: models.Model) -> str:
    values = {field.attname: _value(field, row) for field in _fields(type(row))}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _value(field: Any, row: models.Model) -> Any:
    value = field.value_from_object(row)
    return value if isinstance(value, _PLAIN) else field.value_to_string(row)


class Tables:
    """Empty tables as the backup's own release had them, to be filled and then brought up to date."""

    def __init__(self, migrations: list[Node]) -> None:
        executor = MigrationExecutor(connection)
        known = set(executor.loader.graph.nodes)
        wanted = {node for node in migrations if node in known}
        last = [
            node for node in wanted if not any(child.key in wanted for child in _children(executor, node))
        ]
        executor.migrate(last)
        state = executor.loader.project_state(last)
        self._models = {
            model._meta.label_lower: model
            for model in state.apps.get_models(include_auto_created=True)
            if model._meta.managed
        }

    @contextmanager
    def filling(self) -> Iterator[None]:
        """One transaction, in which what the migrations put in is taken out and nothing refuses old rows."""
        with transaction.atomic(), _without_triggers([each._meta.db_table for each in self._models.values()]):
            with connection.cursor() as cursor:
                for model in self._models.values():
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            yield
            # Triggers cannot be made while checks of foreign keys still wait.
            connection.check_constraints()
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._move_sequences()

    def fill(self, name: str, content: IO[bytes]) -> None:
        """One portion of an archive. Raises Broken for rows that those migrations do not know."""
        try:
            model = self._models[name.removeprefix(ROWS).partition("/")[0]]
            fields = {field.attname: field for field in _fields(model)}
            rows = [_row(model, fields, json.loads(line)) for line in content]
        except (LookupError, ValueError, ValidationError) as err:
            raise Broken(f"The rows in {name} cannot be read; nothing in use has changed.") from err
        with _as_they_were(model):
            model._base_manager.bulk_create(rows, batch_size=500)

    def _move_sequences(self) -> None:
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self._models.values())):
                cursor.execute(statement)


def _children(executor: MigrationExecutor, node: Node) -> Any:
    return (child for child in executor.loader.graph.node_map[node].children if child.key[0] == node[0])


def _row(model: Model, fields: dict[str, Any], values: dict[str, Any]) -> models.Model:
    return model(**{name: fields[name].to_python(value) for name, value in values.items()})


@contextmanager
def _as_they_were(model: Model) -> Iterator[None]:
    """Times that a save would set anew stay those of the backup."""
    setting = [field for field in _fields(model) if getattr(field, "auto_now", False)]
    for field in setting:
        field.auto_now = False
    try:
        yield
    finally:
        for field in setting:
            field.auto_now = True


@contextmanager
def _without_triggers(tables: list[str]) -> Iterator[None]:
    """Records that are only ever added to have triggers, which would refuse texts of published versions."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in tables:
                cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} DISABLE TRIGGER USER")
            yield
            for table in tables:
                cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
    yield
    with connection.cursor() as cursor:
        for _name, sql in triggers:
            cursor.execute(sql)


def keep_numbers_free(used: dict[str, int]) -> None:
    """No new row gets the number of one that has been erased: the list would take it for that one."""
    for label, most in used.items():
        try:
            model = apps.get_model(label)
        except LookupError:
            continue
        table, column = model._meta.db_table, model._meta.pk.column
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
                (sequence,) = cursor.fetchone()
                if sequence:
                    cursor.execute(f"SELECT last_value FROM {sequence}")  # noqa: S608
                    cursor.execute("SELECT setval(%s, %s)", [sequence, max(most, *cursor.fetchone())])
            else:
                cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [most, table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT %s, %s"
                    " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
                    [table, most, table],
                )
