"""What belongs to a person, in every app: shown and taken along on request, erased with the account (P16).

Rows are found by themselves: every model that the inventory declares as personal and that leads to an
account is part of a person's data. An app registers here what rows alone do not say: files, what has to be
done besides deleting rows, and rows about a person that outlive the account.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.db import models
from django.utils.text import capfirst

from accounts.models import User
from bgbegone.lib.words import Words
from policy import inventory
from policy.inventory import Model


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file of a person: its name in the package, and a way to open it."""

    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Keeper:
    """What an app does for somebody who takes their data along, leaves, and is erased.

    `files` yields what to take along; `withdraw` ends at once what others can see; `erase` removes what
    would outlive the account's row, and returns how many things it removed. Each may be called again after
    it was broken off.
    """

    name: str
    what: Words
    files: Callable[[User], Iterator[Bytes]] | None = None
    withdraw: Callable[[User], object] | None = None
    erase: Callable[[User], int] | None = None


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    _keepers.append(keeper)


def keepers() -> list[Keeper]:
    return list(_keepers)


Find = Callable[[User], "models.QuerySet[Any]"]

_finds: dict[Model, Find] = {}


def found_by(model: Model) -> Callable[[Find], Find]:
    """Decorate a function that finds somebody's rows of a model which no cascade leads to."""

    def add(find: Find) -> Find:
        _finds[model] = find
        return find

    return add


def is_found(model: Model) -> bool:
    """Whether rows of the model come along with the person they are about."""
    return model in _finds or path_to_person(model) is not None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one model that belong to somebody, and the declarations of its fields."""

    model: Model
    rows: "models.QuerySet[Any]"
    entries: list[inventory.Personal]

    @property
    def title(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    def facts(self) -> list[dict[str, Any]]:
        """Every personal field of every row; what could open something is left out."""
        names = [name for entry in self.entries for name in entry.fields if name not in _SECRET]
        return [{name: _plain(getattr(row, name)) for name in names} for row in self.rows]


# Hashes and keys. They tell nobody about themselves, and a package of data lies around.
_SECRET = frozenset(
    {"password", "data", "session_key", "session_data", "seed", "digest", "sealed", "sealed_before"}
)


def rows_of(user: User) -> Iterator[Rows]:
    """Everything in the database that leads to this account, model by model."""
    for model in dict.fromkeys(entry.model for entry in inventory.entries()):
        if is_found(model):
            entries = [entry for entry in inventory.entries() if entry.model is model]
            yield Rows(model, _rows(model, user), entries)


def _rows(model: Model, user: User) -> "models.QuerySet[Any]":
    if model in _finds:
        return _finds[model](user)
    return model._default_manager.filter(**{str(path_to_person(model)): user.pk})


def path_to_person(model: Model, depth: int = 2) -> str | None:
    """The lookup from a row to the account that it belongs to, such as `photo__owner`.

    A column that names a member of staff leads nowhere: what they did is not what they are.
    """
    if model is User:
        return "pk"
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE:
            target: Model = field.remote_field.model
            inner = path_to_person(target, depth - 1) if depth else None
            if inner:
                return field.name if inner == "pk" else f"{field.name}__{inner}"
    return None


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value
