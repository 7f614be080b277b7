"""The moment in which every byte of a file is there: it becomes a photo, or gets its sentence.

May be called again by anybody at any time: the web process that took the last piece does it, and the clerk
does it where that process was killed.
"""

import logging
from datetime import timedelta
from typing import IO, BinaryIO, cast

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from images import storage
from images.batches import mirror, pieces
from images.batches.models import Batch, Item, Upload
from images.engine import EngineError, probe
from images.photos import services
from images.photos.forms import Candidate
from images.photos.models import Photo
from images.photos.receiving import ReceivedPhoto
from images.photos.services import Submission
from images.work.failures import StorageFull
from images.work.limits import limits
from images.work.models import Cutout

logger = logging.getLogger(__name__)

# A process that was killed while it made a photo has lost its claim after this.
CLAIM = timedelta(seconds=60)


def finish(upload: Upload) -> None:
    """Make a photo of a complete upload, unless somebody else is doing it."""
    if not _claim(upload):
        return
    try:
        with pieces.joined(upload) as content:
            _take(upload, content)
    except EngineError as err:
        _refuse(upload, err.code, **err.params)
    except FileNotFoundError:
        _refuse(upload, "file_vanished")
    except StorageFull:
        # The bytes stay where they are, and the clerk tries again: there may be room in a minute.
        logger.error("no room for a photo that has arrived", extra={"upload": upload.pk})
        return
    pieces.delete(upload.pk)


def finish_waiting() -> int:
    """Whatever is complete and was left behind; how many."""
    waiting = list(Upload.objects.complete().filter(_unclaimed()).select_related("item")[:200])
    for upload in waiting:
        finish(upload)
    return len(waiting)


def _unclaimed() -> Q:
    return Q(claimed_at__isnull=True) | Q(claimed_at__lt=timezone.now() - CLAIM)


def _claim(upload: Upload) -> bool:
    mine = Upload.objects.complete().filter(_unclaimed(), pk=upload.pk)
    return mine.update(claimed_at=timezone.now()) == 1


def _take(upload: Upload, content: IO[bytes]) -> None:
    """Look at the file, store it, and add its rows."""
    item = Item.objects.select_related("batch__owner").get(pk=upload.item_id)
    facts = probe(cast(BinaryIO, content), limits())
    file = ReceivedPhoto(file=content, name=item.name, size=upload.size)
    content.seek(0)
    sha256 = file.sha256()
    candidate = Candidate(file, facts)
    batch = item.batch
    submission = Submission(item.pk, batch.sender, batch.is_private, Cutout.Queue.BULK)
    photo = services.new_photo(candidate, submission, sha256)
    services.store_original(photo, candidate)
    try:
        won = _publish(upload, photo)
    except (IntegrityError, Batch.DoesNotExist, Item.DoesNotExist):
        won = False  # another process has done it, or the batch was deleted at this very moment
    except BaseException:
        storage.delete_folder(photo.pk)
        raise
    if not won:
        storage.delete_folder(photo.pk)
        return
    logger.info("photo of a batch arrived", extra={"batch": batch.pk, "photo": photo.pk})


def _publish(upload: Upload, photo: Photo) -> bool:
    """Photo, job and item in one transaction. The batch's row is locked first: what it says about owner,
    pause and twins holds until the photo is in it."""
    with transaction.atomic():
        alive = Batch.objects.filter(pk=upload.batch_id, expires_at__gt=timezone.now())
        batch = alive.select_for_update(of=("self",)).get()
        if not _close(upload) or batch.is_cancelled:
            return False
        photo.owner_id, photo.guest = batch.owner_id, batch.guest
        fate = _fate(batch, photo.sha256)
        if fate == Item.Fate.LEFT_OUT:
            mirror.change(batch.pk, [upload.item_id], fate=fate)
            return False
        photo.save(force_insert=True)
        is_queued = fate == Item.Fate.WAITING
        status = Cutout.Status.QUEUED if is_queued else Cutout.Status.HELD
        services.enqueue(photo, Cutout.Queue.BULK, status=status)
        mirror.change(batch.pk, [upload.item_id], fate=fate, photo=photo, sha256=photo.sha256)
    return True


def _fate(batch: Batch, sha256: str) -> str:
    """What becomes of a file that has just arrived."""
    is_twin = batch.items.filter(sha256=sha256, photo__isnull=False).exists()
    if is_twin and batch.twins != Batch.Twins.KEEP:
        return Item.Fate.LEFT_OUT if batch.twins == Batch.Twins.DROP else Item.Fate.TWIN
    return Item.Fate.PAUSED if batch.is_paused else Item.Fate.WAITING


def _close(upload: Upload) -> bool:
    """Only one process may end an upload, and only while its item waits for it."""
    still_awaited = Item.objects.filter(pk=upload.item_id, photo__isnull=True).exists()
    open_upload = Upload.objects.filter(pk=upload.pk, finished_at__isnull=True)
    return still_awaited and open_upload.update(finished_at=timezone.now(), pieces=[]) == 1


def _refuse(upload: Upload, code: str, **params: object) -> None:
    with transaction.atomic():
        if _close(upload):
            refused = {"fate": Item.Fate.REFUSED, "error_code": code, "error_params": params}
            mirror.change(upload.batch_id, [upload.item_id], **refused)
    logger.info("file of a batch refused", extra={"batch": upload.batch_id, "code": code})


def drop(upload: Upload) -> None:
    """End an upload that its sender does not want any more, with all its pieces."""
    with transaction.atomic():
        ended = Upload.objects.filter(pk=upload.pk, finished_at__isnull=True).delete()[0]
        if ended:
            mirror.change(upload.batch_id, [upload.item_id], fate=Item.Fate.LEFT_OUT)
    pieces.delete(upload.pk)
