"""Items show the state of their cut-outs: written in the same transaction, one number for each change."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import OuterRef, Subquery

from images.batches.models import Batch, Item
from images.editing import moves as renditions
from images.editing.models import Rendition
from images.work.models import Cutout
from images.work.moves import on_move

_FATES = {
    Cutout.Status.QUEUED: Item.Fate.WAITING,
    Cutout.Status.HELD: Item.Fate.PAUSED,
    Cutout.Status.RUNNING: Item.Fate.WORKING,
    Cutout.Status.DONE: Item.Fate.READY,
    Cutout.Status.FAILED: Item.Fate.FAILED,
}


@on_move
def follow(cutouts: Collection[uuid.UUID]) -> None:
    """Bring the items of these cut-outs up to date."""
    batches: dict[uuid.UUID, dict[str, list[uuid.UUID]]] = defaultdict(lambda: defaultdict(list))
    rows = Item.objects.filter(photo__cutout__in=cutouts)
    for pk, batch, status in rows.values_list("pk", "batch", "photo__cutout__status"):
        batches[batch][status].append(pk)
    # In one order, so that two processes that change two batches never wait for each other.
    for batch in sorted(batches):
        for status, items in batches[batch].items():
            change(batch, items, **_shown(status))


@renditions.on_move
def show_file(rendition: uuid.UUID) -> None:
    """A page that is open shows a file by the batch's setting as soon as it is made, or could not be."""
    over = Rendition.objects.filter(pk=rendition, status__in=[Rendition.Status.DONE, Rendition.Status.FAILED])
    rows = Item.objects.filter(photo__cutout__renditions__in=over)
    for pk, batch in rows.values_list("pk", "batch"):
        change(batch, [pk])


def _shown(status: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"fate": _FATES[Cutout.Status(status)]}
    if status == Cutout.Status.DONE:
        made = Cutout.objects.filter(photo=OuterRef("photo"))
        facts["is_due"] = True
        facts["confidence"] = Subquery(made.values("confidence")[:1])
    return facts


def change(batch: uuid.UUID, items: Iterable[uuid.UUID], **fields: Any) -> int:
    """Change items of one batch so that its page learns of it; how many there were. In a transaction."""
    number = Batch.objects.bump(batch)
    return Item.objects.filter(pk__in=list(items), batch=batch).update(change=number, **fields)


def fate_of(cutout: Cutout) -> str:
    return _FATES[Cutout.Status(cutout.status)]
