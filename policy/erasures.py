"""What was deleted or withdrawn does not come back with a backup (promise P16).

Every row about a person that is deleted leaves its number here, and so does every withdrawal: of a link, a
key, an agreement. Nothing else of it is kept, and the number no longer than the backups are. A backup that
is restored loses all of them again before anybody sees it.

The list lies in the database, written in the transaction of the deletion itself, and every few minutes what
is new is copied into the store for pictures, so that it outlives the database.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.signals import post_delete, pre_delete
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from policy import inventory
from policy.models import Erasure

FOLDER = "erased"
# Between the moment that a deletion writes down and the one at which it holds.
SLACK = timedelta(hours=1)
_OVERLAP = timedelta(minutes=10)
_BATCH = 1000
# They end with every restored backup anyway.
_NOT_NOTED = {"sessions.session", "usersessions.usersession"}

Handler = Callable[[list[str]], object]

_handlers: dict[str, Handler] = {}


def handles(label: str) -> Callable[[Handler], Handler]:
    """Decorate a function that makes restored rows with these keys disappear, if deleting is not enough."""

    def add(handler: Handler) -> Handler:
        _handlers[label] = handler
        return handler

    return add


def note(row: models.Model) -> None:
    """This row has been withdrawn: a backup in which it still stands must not bring it back."""
    note_all(type(row)._default_manager.filter(pk=row.pk))


def note_all(rows: "models.QuerySet[Any]") -> None:
    label = rows.model._meta.label_lower
    note_keys(label, [str(pk) for pk in rows.values_list("pk", flat=True)])


def note_keys(label: str, keys: Iterable[str]) -> None:
    Erasure.objects.bulk_create((Erasure(label=label, key=key) for key in keys), batch_size=_BATCH)


def take_back(label: str, key: str) -> None:
    """Somebody has thought better of it."""
    Erasure.objects.filter(label=label, key=key).delete()


def listen() -> None:
    """Note whatever is deleted of a model in the inventory. Called when every app has declared its fields."""
    for model in {entry.model for entry in inventory.entries()}:
        if model._meta.label_lower not in _NOT_NOTED:
            name = f"erasures.{model._meta.label}"
            pre_delete.connect(_gather, sender=model, dispatch_uid=name)
            post_delete.connect(_note_gathered, sender=model, dispatch_uid=name)


# On what is being deleted: the keys of the rows that go.
_GOING = "_erasures"


def _is_origin(sender: type[models.Model], instance: models.Model, origin: Any) -> bool:
    """What goes along with something else is not noted: it goes along once more."""
    return origin is instance or (isinstance(origin, models.QuerySet) and origin.model is sender)


def _gather(sender: type[models.Model], instance: models.Model, origin: Any, **_kwargs: Any) -> None:
    """Django tells of every row before it deletes the first, so a hundred thousand take few statements."""
    if _is_origin(sender, instance, origin):
        vars(origin).setdefault(_GOING, []).append(str(instance.pk))


def _note_gathered(sender: type[models.Model], instance: models.Model, origin: Any, **_kwargs: Any) -> None:
    if _is_origin(sender, instance, origin) and (keys := vars(origin).pop(_GOING, None)):
        note_keys(sender._meta.label_lower, keys)


Known = tuple[str, str, datetime]


def lines(since: datetime | None = None) -> Iterator[str]:
    """The list as text, one JSON object a line."""
    rows = Erasure.objects.order_by("pk")
    if since:
        rows = rows.filter(erased_at__gte=since)
    for label, key, at in rows.values_list("label", "key", "erased_at").iterator():
        yield json.dumps([label, key, at.isoformat()]) + "\n"


def read(text: str) -> Iterator[Known]:
    """Raises ValueError for what is no such list."""
    for line in text.splitlines():
        label, key, at = json.loads(line)
        moment = parse_datetime(at)
        if moment is None or not isinstance(label, str) or not isinstance(key, str):
            raise ValueError(line)
        yield label, key, moment


def copy_out() -> None:
    """Copy what is new into the store. Files overlap, since a transaction ends later than it begins."""
    last = max(_copies(), default=None)
    new = "".join(lines(_moment_of(last) - _OVERLAP if last else None))
    if new:
        name = f"{FOLDER}/{timezone.now():%Y%m%dT%H%M%S%f}.jsonl"
        try:
            default_storage.save(name, ContentFile(new.encode()))
        except OSError:
            # Half of it would count as the newest copy, and no restore could read it.
            default_storage.delete(name)
            raise


def copied() -> Iterator[Known]:
    """What the store knows."""
    for name in sorted(_copies()):
        with default_storage.open(f"{FOLDER}/{name}") as file:
            yield from read(file.read().decode())


def delete_copies(before: datetime) -> int:
    old = [name for name in _copies() if _moment_of(name) < before]
    for name in old:
        default_storage.delete(f"{FOLDER}/{name}")
    return len(old)


def _copies() -> list[str]:
    try:
        return [name for name in default_storage.listdir(FOLDER)[1] if name.endswith(".jsonl")]
    except FileNotFoundError:
        return []


def _moment_of(name: str) -> datetime:
    return datetime.strptime(name.partition(".")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)


def carry_out(known: Iterable[Known], made_at: datetime) -> int:
    """Delete from a restored database what was deleted after the backup was made, and keep the list in it.

    Returns how many rows of the list applied. The list itself stays: an older backup may be restored next.
    """
    found = list(dict.fromkeys(known))
    mine = set(Erasure.objects.values_list("label", "key", "erased_at"))
    Erasure.objects.bulk_create(
        [
            Erasure(label=label, key=key, erased_at=at)
            for label, key, at in found
            if (label, key, at) not in mine
        ],
        batch_size=_BATCH,
    )
    later: dict[str, list[str]] = defaultdict(list)
    for label, key, at in found:
        if at >= made_at - SLACK:
            later[label].append(key)
    for label, keys in later.items():
        _handlers.get(label, _delete_rows(label))(keys)
    return sum(map(len, later.values()))


def _delete_rows(label: str) -> Handler:
    def delete(keys: list[str]) -> None:
        try:
            model = apps.get_model(label)
        except LookupError:
            return  # of a release that had it
        for start in range(0, len(keys), 500):
            model._default_manager.filter(pk__in=keys[start : start + 500]).delete()

    return delete


def kept_since() -> datetime:
    """How far back the list reaches; no older backup may be restored."""
    return timezone.now() - timedelta(days=settings.BACKUP_DAYS)
