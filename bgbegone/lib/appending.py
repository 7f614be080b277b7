"""Records that are only ever added to.

For some of them, triggers in the database refuse whatever goes past the methods here: see the migrations.
"""

from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import models


class Appended(TypeError):
    """Somebody tried to change a record, or to take one away."""

    def __init__(self) -> None:
        super().__init__("This record is only ever added to.")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **_values: Any) -> NoReturn:
        raise Appended

    def delete(self) -> NoReturn:
        raise Appended

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        if options.get("update_conflicts"):
            raise Appended
        return super().bulk_create(objs, *args, **options)


class AppendOnly(models.Model):
    """A row that is written once. It can lose the name of a person who is erased, and nothing else."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise Appended
        super().save(*args, **{**options, "force_insert": True})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        raise Appended
