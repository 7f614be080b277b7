"""Every personal field that the service stores, why, and for how long (promise P2).

Each app declares its own fields when it starts, in its module `privacy`. The policy page prints the list,
and a test goes through every model of the project: a field that could hold something about a person and
is declared neither as personal nor as impersonal fails it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.text import capfirst

from bgbegone.lib.words import Words

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Personal:
    """Fields that are stored for one purpose and for one time; both are sentences for people."""

    model: Model
    fields: tuple[str, ...]
    purpose: Words
    kept: Words
    what: Words | None = None

    @property
    def label(self) -> str:
        """What is stored, in the language of the reader: as declared, else the names of the fields."""
        if self.what is not None:
            return str(self.what)
        names = [self.model._meta.get_field(name) for name in self.fields]
        return capfirst(", ".join(str(getattr(field, "verbose_name", field.name)) for field in names))


_personal: list[Personal] = []
_impersonal: set[tuple[Model, str]] = set()


def personal(model: Model, *fields: str, purpose: Words, kept: Words, what: Words | None = None) -> None:
    """Declare fields that hold something about a person. Raises FieldDoesNotExist for a wrong name.

    `what` says it in words for people, where the fields' own names do not.
    """
    for name in fields:
        model._meta.get_field(name)
    _personal.append(Personal(model, fields, purpose, kept, what))


def impersonal(model: Model, *fields: str) -> None:
    """Declare fields that could tell something about a person and do not: codes, hashes, names of files."""
    for name in fields:
        model._meta.get_field(name)
        _impersonal.add((model, name))


def entries() -> list[Personal]:
    """What the policy page lists, in the order of declaration."""
    return list(_personal)


def undeclared() -> Iterator[str]:
    """Fields that nobody has classified, as `app.Model.field`."""
    declared = _impersonal | {(entry.model, name) for entry in _personal for name in entry.fields}
    for model in apps.get_models(include_auto_created=True):
        is_about = is_about_a_person(model)
        for field in model._meta.concrete_fields:
            if _is_suspect(field, is_about=is_about) and (model, field.name) not in declared:
                yield f"{model._meta.label}.{field.name}"


# Whatever can hold words, bytes, or the name of somebody. Where no person is near, numbers and dates cannot.
_SUSPECT = (
    models.CharField,
    models.TextField,
    models.BinaryField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
    models.UUIDField,
)


def is_about_a_person(model: Model) -> bool:
    """Whether a row belongs to somebody: then even a date or a yes tells something about them."""
    if model._meta.label == settings.AUTH_USER_MODEL or any(entry.model is model for entry in _personal):
        return True
    return any(_points_to_a_person(field) for field in model._meta.concrete_fields)


def _points_to_a_person(field: "models.Field[object, object]") -> bool:
    target = field.remote_field.model if isinstance(field, models.ForeignKey) else None
    return isinstance(target, type) and target._meta.label == settings.AUTH_USER_MODEL


def _is_suspect(field: "models.Field[object, object]", *, is_about: bool) -> bool:
    if is_about:
        return not isinstance(field, models.AutoField)
    # A list of choices leaves no room for words about anybody.
    return isinstance(field, _SUSPECT) and not field.choices
