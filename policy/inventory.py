"""Every personal field that the service stores, why, and for how long (promise P2).

Each app declares its own fields when it starts, in its module `privacy`. The policy page prints the list,
and a test goes through every model of the project: a field that could hold something about a person and
is declared neither as personal nor as impersonal fails it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.functional import _StrPromise as Words


@dataclass(frozen=True, slots=True)
class Personal:
    """One stored field: `purpose` and `kept` are sentences for people."""

    model: type[models.Model]
    field: str
    purpose: Words
    kept: Words

    @property
    def label(self) -> str:
        """The field's name in the language of the reader."""
        return str(self.model._meta.get_field(self.field).verbose_name)  # type: ignore[union-attr]


_personal: dict[tuple[type[models.Model], str], Personal] = {}
_impersonal: set[tuple[type[models.Model], str]] = set()


def personal(model: type[models.Model], *fields: str, purpose: Words, kept: Words) -> None:
    """Declare fields that hold something about a person. Raises FieldDoesNotExist for a wrong name."""
    for name in fields:
        model._meta.get_field(name)
        _personal[model, name] = Personal(model, name, purpose, kept)


def impersonal(model: type[models.Model], *fields: str) -> None:
    """Declare fields that could hold text about a person and do not: codes, hashes, names of files."""
    for name in fields:
        model._meta.get_field(name)
        _impersonal.add((model, name))


def entries() -> list[Personal]:
    """What the policy page lists, in the order of declaration."""
    return list(_personal.values())


# Whatever can hold words, bytes or a pointer to a person. Numbers, dates, and yes or no cannot.
_SUSPECT = (
    models.CharField,
    models.TextField,
    models.BinaryField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
)


def undeclared() -> Iterator[str]:
    """Fields that nobody has classified, as `app.Model.field`."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            key = (model, field.name)
            if _is_suspect(field) and key not in _personal and key not in _impersonal:
                yield f"{model._meta.label}.{field.name}"


def _is_suspect(field: models.Field[object, object]) -> bool:
    if isinstance(field, models.ForeignKey):
        return field.remote_field.model._meta.label == "accounts.User"
    return isinstance(field, _SUSPECT) and not field.choices
