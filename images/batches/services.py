"""What happens to batches at a person's wish: begin, add, pause, resume, cancel, try again, delete."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bgbegone.lib.bell import ring
from images import storage
from images.batches import mirror
from images.batches.manifest import Entry, Known, clean_path
from images.batches.models import Batch, Item, Upload, numbers_after
from images.photos import turns
from images.photos.models import Photo
from images.photos.services import Sender
from images.sharing.models import ShareLink
from images.work import bell, moves
from images.work.failures import RETRYABLE, Failure
from images.work.models import Cutout

logger = logging.getLogger(__name__)


class NotWanted(Exception):
    """A file that this batch does not take; the text is a sentence for people."""


class TooMany(NotWanted):
    """More photos than one batch, or one person's waiting ones, may be."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch, and for each entry of the manifest, in its order, its item."""

    batch: Batch
    items: list[Item]
    is_new: bool


def begin(sender: Sender, submission: uuid.UUID, entries: Sequence[Entry], **facts: Any) -> Begun:
    """A batch for these files: the one they were announced for before, if they were not all sent, else a
    new one. Raises `TooMany`."""
    known = _begun_before(sender, entries, is_private=facts.get("is_private", False))
    batch = known or _new(sender, submission, **facts)
    return Begun(batch, announce(batch, entries), is_new=known is None)


def _begun_before(sender: Sender, entries: Sequence[Entry], *, is_private: bool) -> Batch | None:
    """The batch that these files were announced for, where some are still awaited: after a closed tab, or on
    another machine. One whose photos get links takes none that are to be private, nor the reverse."""
    if not entries:
        return None
    mine = Batch.objects.of(sender).filter(cancelled_at__isnull=True, is_private=is_private)
    paths = {entry.path for entry in entries[: settings.MAX_FILES_PER_BATCH]}
    unfinished = mine.filter(items__fate=Item.Fate.AWAITED).values("pk")
    known: dict[Batch, Known] = {}
    for item in Item.objects.filter(batch__in=unfinished).select_related("batch"):
        if item.path in paths:
            known.setdefault(item.batch, Known([])).add(item)
    awaited = {batch: _awaited_of(entries, there) for batch, there in known.items()}
    best = max(awaited, key=lambda batch: awaited[batch], default=None)
    return best if best and awaited[best] else None


def _awaited_of(entries: Sequence[Entry], there: Known) -> int:
    """How many of the files a batch still waits for; none, unless it was announced with most of them: files
    that were never in it do not join it because of a single one."""
    found = [item for entry in entries if (item := there.find(entry))]
    is_same = 2 * len(found) > len(entries)
    return sum(item.fate == Item.Fate.AWAITED for item in found) if is_same else 0


def _new(sender: Sender, submission: uuid.UUID, **facts: Any) -> Batch:
    """Both clicks of a double click get one batch."""
    whose = {"owner": sender.owner, "guest": sender.guest, "submission": submission}
    fresh = {"expires_at": timezone.now() + sender.lifetime, "language": get_language() or "", **facts}
    batch, is_new = Batch.objects.get_or_create(**whose, defaults=fresh)
    if is_new:
        logger.info("batch begun", extra={"batch": batch.pk})
    return batch


def announce(batch: Batch, entries: Sequence[Entry]) -> list[Item]:
    """The items of these files, in their order: those that are there already, and new ones for the rest."""
    with transaction.atomic():
        Batch.objects.bump(batch.pk)  # and lock it: two tabs that drop one folder make one set of items
        known = Known(batch.items.all())
        items, fresh = [], []
        numbers = iter(numbers_after(batch))
        for entry in entries:
            item = known.find(entry)
            if item is None:
                item = _announced(batch, entry, next(numbers, 0))
                known.add(item)
                fresh.append(item)
            items.append(item)
        _refuse_too_many(batch, fresh)
        Item.objects.bulk_create(fresh)
        _want_again(batch, items)
    return items


def _announced(batch: Batch, entry: Entry, number: int) -> Item:
    item = Item(batch=batch, number=number, path=entry.path, size=entry.size, modified=entry.modified)
    refusal = entry.refusal()
    if refusal:
        item.fate, (item.error_code, item.error_params) = Item.Fate.REFUSED, refusal
    return item


def _refuse_too_many(batch: Batch, fresh: Sequence[Item]) -> None:
    most = settings.MAX_FILES_PER_BATCH
    if batch.items.count() + len(fresh) > most:
        raise TooMany(
            _("A batch may have at most %(most)s photos. Please send the others as one of their own.")
            % {"most": most}
        )
    waiting = Item.objects.filter(batch__in=Batch.objects.of(batch.sender)).open().count()
    if waiting + len(fresh) > settings.MAX_BATCH_WAITING_PER_PERSON:
        raise TooMany(Failure("too_many_waiting", {"count": waiting}).sentence)


def _want_again(batch: Batch, items: Sequence[Item]) -> None:
    """What was left out, or could not be taken then, and is dropped again, is wanted after all."""
    again = [] if batch.is_cancelled else [item for item in items if _may_come_again(item)]
    if again:
        Upload.objects.filter(item__in=again).delete()
        mirror.change(batch.pk, [item.pk for item in again], fate=Item.Fate.AWAITED)
    for item in again:
        item.fate = Item.Fate.AWAITED


def _may_come_again(item: Item) -> bool:
    is_lost = item.fate == Item.Fate.REFUSED and item.error_code == "file_vanished"
    return item.photo_id is None and (item.fate == Item.Fate.LEFT_OUT or is_lost)


def item_for(batch: Batch, metadata: dict[str, str], size: int) -> Item:
    """The item that an upload is for: named by the page's own script, or found by path and size, or new.

    Raises `NotWanted`.
    """
    if batch.is_cancelled:
        raise NotWanted(_("This batch was cancelled. It takes no more photos."))
    item = _named(batch, metadata.get("item", "")) or _described(batch, metadata, size)
    if item.fate != Item.Fate.AWAITED:
        raise NotWanted(_("This file is here already."))
    return item


def _named(batch: Batch, pk: str) -> Item | None:
    try:
        return batch.items.filter(pk=uuid.UUID(pk)).first()
    except ValueError:
        return None


def _described(batch: Batch, metadata: dict[str, str], size: int) -> Item:
    """A client of somebody else's says no more than a name, or a path."""
    path = metadata.get("relativePath") or metadata.get("filename") or metadata.get("name") or ""
    # tus-js-client writes “null” for a path that it does not know.
    path = metadata.get("filename", "") if path in ("null", "undefined") else path
    modified = metadata.get("lastModified", "")
    entry = Entry(clean_path(path), size, int(modified) if modified.isdecimal() and len(modified) < 15 else 0)
    return announce(batch, [entry])[0]


def gather(sender: Sender, submission: uuid.UUID, photos: Sequence[Photo], **facts: Any) -> Batch:
    """A batch of photos that came by the plain form."""
    batch = _new(sender, submission, **facts)
    with transaction.atomic():
        Batch.objects.bump(batch.pk)
        numbers = iter(numbers_after(batch))
        taken = set(Item.objects.filter(photo__in=photos).values_list("photo", flat=True))
        fresh = {photo.pk: photo for photo in photos if photo.pk not in taken}
        Item.objects.bulk_create([_of(batch, photo, next(numbers)) for photo in fresh.values()])
    return batch


def add(batch: Batch, photo: Photo, path: str = "") -> Item:
    """Put a photo that has just been saved and queued into a batch, in the same transaction.

    Raises `NotWanted`, and `TooMany`: then the transaction has to be undone.
    """
    change = Batch.objects.bump(batch.pk)  # and lock it: what it says now holds until the photo is in it
    batch.refresh_from_db()
    if batch.is_cancelled:
        raise NotWanted(_("This batch was cancelled. It takes no more photos."))
    if batch.items.count() >= settings.MAX_FILES_PER_BATCH:
        raise TooMany(_("This batch has no room for so many more photos."))
    if batch.is_paused:
        photo.cutout.status = Cutout.Status.HELD
        photo.cutout.save(update_fields=["status"])
    item = _of(batch, photo, next(iter(numbers_after(batch))))
    item.path, item.change = clean_path(path) if path else item.path, change
    item.save(force_insert=True)
    return item


def _of(batch: Batch, photo: Photo, number: int) -> Item:
    fate = mirror.fate_of(photo.cutout)
    return Item(
        batch=batch,
        photo=photo,
        number=number,
        path=photo.name or _("photo"),
        size=photo.bytes,
        sha256=photo.sha256,
        fate=fate,
        is_due=fate == Item.Fate.READY,
        confidence=photo.cutout.confidence,
    )


def move(photos: Sequence[Photo], batch: Batch | None) -> Batch:
    """Put photos of one person into a batch of theirs, a new one if None; each is in one batch at most.

    Raises `TooMany`.
    """
    first = photos[0]
    target = batch or _new(Sender(owner=first.owner, guest=first.guest), uuid.uuid4())
    with transaction.atomic():
        left = Item.objects.filter(photo__in=photos).exclude(batch=target)
        for source in sorted(set(left.values_list("batch", flat=True))):
            Batch.objects.bump(source)
        moving = [photo for photo in photos if not target.items.filter(photo=photo).exists()]
        left.delete()
        if target.items.count() + len(moving) > settings.MAX_FILES_PER_BATCH:
            raise TooMany(_("This batch has no room for so many more photos."))
    return gather(target.sender, target.submission, moving)


def note_refused(batch: Batch, refused: Sequence[tuple[str, Failure]]) -> None:
    """Files of the plain form that were not accepted stand in the list with their reasons."""
    with transaction.atomic():
        Batch.objects.bump(batch.pk)
        if batch.items.filter(fate=Item.Fate.REFUSED).exists():
            return  # the second click of a double click
        numbers = iter(numbers_after(batch))
        rows = [
            Item(
                batch=batch,
                number=next(numbers),
                path=clean_path(name),
                fate=Item.Fate.REFUSED,
                error_code=failure.code,
                error_params=failure.params,
            )
            for name, failure in refused
        ]
        Item.objects.bulk_create(rows)


# Pause, resume, cancel. What the batch says is written first and by itself: files that arrive go by it, and
# then cut-outs are locked before the batch's row, in the order in which the workers do it.


def pause(batch: Batch) -> None:
    """Nothing of it is begun any more; what is being cut out is finished."""
    Batch.objects.filter(pk=batch.pk, paused_at__isnull=True).update(paused_at=timezone.now())
    with transaction.atomic():
        _move(batch, Cutout.Status.QUEUED, Cutout.Status.HELD, Item.Fate.WAITING)


def resume(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(paused_at=None)
    with transaction.atomic():
        _let_go(batch, Item.Fate.PAUSED)


def _move(batch: Batch, old: str, new: str, fate: str) -> list[uuid.UUID]:
    """Move the cut-outs of these items; those that a worker has just taken stay where they are."""
    rows = Cutout.objects.filter(photo__item__batch=batch, photo__item__fate=fate, status=old)
    found = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    Cutout.objects.filter(pk__in=found).update(status=new)
    moves.announce(*found)
    return found


def _let_go(batch: Batch, fate: str) -> None:
    """Queue what was held, each photo in a round of its own from now on."""
    turn = turns.next_turn(batch.sender.photos)
    rows = Cutout.objects.filter(photo__item__batch=batch, photo__item__fate=fate, status=Cutout.Status.HELD)
    cutouts = list(rows.select_for_update(of=("self",)).order_by("photo__item__number"))
    for n, cutout in enumerate(cutouts):
        cutout.turn, cutout.status, cutout.queued_at = turn + n, Cutout.Status.QUEUED, timezone.now()
    Cutout.objects.bulk_update(cutouts, ["turn", "status", "queued_at"], batch_size=200)
    moves.announce(*(cutout.pk for cutout in cutouts))
    if cutouts:
        transaction.on_commit(partial(bell.ring, Cutout.Queue.BULK))


def answer_twins(batch: Batch, answer: str) -> None:
    """The one question about files whose bytes are here already; it holds for those to come, too."""
    Batch.objects.filter(pk=batch.pk).update(twins=answer)
    with transaction.atomic():
        if answer == Batch.Twins.DROP:
            _leave_out(batch, Item.Fate.TWIN)
        elif batch.is_paused:
            twins = batch.items.filter(fate=Item.Fate.TWIN).values_list("pk", flat=True)
            mirror.change(batch.pk, list(twins), fate=Item.Fate.PAUSED)
        else:
            _let_go(batch, Item.Fate.TWIN)


def _leave_out(batch: Batch, *fates: str) -> None:
    """Photos that are not wanted go with every byte; their files stay in the list as left out."""
    items = list(batch.items.filter(fate__in=fates).values_list("pk", "photo"))
    photos = [photo for _pk, photo in items if photo]
    discard_photos(Photo.objects.filter(pk__in=photos))
    mirror.change(batch.pk, [pk for pk, _photo in items], fate=Item.Fate.LEFT_OUT, photo=None, sha256="")


def cancel(batch: Batch) -> None:
    """Nothing more is taken or begun; results that are there stay."""
    Batch.objects.filter(pk=batch.pk, cancelled_at__isnull=True).update(cancelled_at=timezone.now())
    with transaction.atomic():
        _leave_out(batch, Item.Fate.AWAITED, Item.Fate.TWIN, Item.Fate.WAITING, Item.Fate.PAUSED)
        Upload.objects.filter(batch=batch).update(expires_at=timezone.now())
        transaction.on_commit(tidy_soon)


def retry_failed(batch: Batch, items: Sequence[Item] | None = None) -> int:
    """Queue once more whatever failed and may work another time, of these items or of all; how many."""
    failed = Cutout.objects.filter(photo__item__batch=batch, status=Cutout.Status.FAILED)
    if items is not None:
        failed = failed.filter(photo__item__in=[item.pk for item in items])
    with transaction.atomic():
        cutouts = list(failed.filter(error_code__in=RETRYABLE).select_for_update(of=("self",)))
        turn = turns.next_turn(batch.sender.photos)
        for n, cutout in enumerate(cutouts):
            cutout.turn, cutout.queued_at, cutout.status = turn + n, timezone.now(), Cutout.Status.QUEUED
            cutout.attempts, cutout.stage, cutout.error_code, cutout.error_params = 0, "", "", {}
        fields = ["turn", "queued_at", "status", "attempts", "stage", "error_code", "error_params"]
        Cutout.objects.bulk_update(cutouts, fields, batch_size=200)
        moves.announce(*(cutout.pk for cutout in cutouts))
        transaction.on_commit(partial(bell.ring, Cutout.Queue.BULK))
    return len(cutouts)


def discard_photos(photos: QuerySet[Photo]) -> int:
    """Let photos expire now: nobody sees them any more, and the clerk deletes their bytes at once.

    A thousand folders take longer to delete than anybody waits for a page.
    """
    found = list(photos.values_list("pk", flat=True))
    undone = Cutout.objects.filter(photo__in=found).exclude(status=Cutout.Status.DONE)
    undone.update(status=Cutout.Status.FAILED, claim=None)
    ShareLink.objects.filter(photo__in=found, revoked_at__isnull=True).update(revoked_at=timezone.now())
    discarded = Photo.objects.filter(pk__in=found).update(expires_at=timezone.now())
    transaction.on_commit(tidy_soon)
    return discarded


def judge(item: Item, verdict: str) -> None:
    """What its owner thinks of a result; empty takes it back."""
    looked = timezone.now() if verdict else None
    with transaction.atomic():
        mirror.change(item.batch_id, [item.pk], verdict=verdict, reviewed_at=looked)


def redo(item: Item) -> bool:
    """Cut a photo out once more, before the others of its owner; False when it is under way already."""
    old = Cutout.objects.filter(photo=item.photo_id)
    over = old.filter(status__in=[Cutout.Status.DONE, Cutout.Status.FAILED])
    fresh = {"attempts": 0, "stage": "", "error_code": "", "error_params": {}, "file": "", "preview": ""}
    with transaction.atomic():
        before = over.select_for_update(of=("self",)).first()
        if before is None:
            return False
        turn = turns.next_turn(Photo.objects.none())
        over.update(status=Cutout.Status.QUEUED, queued_at=timezone.now(), turn=turn, **fresh)
        moves.announce(before.pk)
        mirror.change(item.batch_id, [item.pk], verdict=Item.Verdict.NONE, reviewed_at=None)
        transaction.on_commit(partial(bell.ring, before.queue))
    storage.delete([name for name in (before.file, before.preview) if name])
    return True


def delete_items(batch: Batch, items: Sequence[Item]) -> int:
    """Photos of a batch, with their lines in it."""
    with transaction.atomic():
        photos = Photo.objects.filter(item__batch=batch, item__in=[item.pk for item in items])
        deleted = discard_photos(photos)
        Batch.objects.bump(batch.pk)
        batch.items.filter(pk__in=[item.pk for item in items]).delete()
    return deleted


def delete(batch: Batch) -> None:
    """The batch, its photos, its links and what was on its way."""
    with transaction.atomic():
        discard_photos(Photo.objects.filter(item__batch=batch))
        Batch.objects.filter(pk=batch.pk).update(expires_at=timezone.now(), cancelled_at=timezone.now())
    logger.info("batch deleted", extra={"batch": batch.pk})


def tidy_soon() -> None:
    """Let the clerk delete what has just expired."""
    ring("images.batches.tasks.tidy", queue="upkeep")
