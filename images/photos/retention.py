"""What of the pictures is deleted, and when (promises P14 and P16)."""

import logging
from datetime import timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images import storage
from images.photos import services
from images.photos.models import Photo
from policy import retention

logger = logging.getLogger(__name__)


@retention.register("photos", every=timedelta(minutes=5), what=_("Photos and everything made from them"))
def delete_expired_photos() -> int:
    """Originals, results, previews, links and rows, one photo at a time."""
    deleted, failed = 0, 0
    for pk in list(Photo.objects.expired().values_list("pk", flat=True)):
        try:
            deleted += _delete_photo(pk)
        except OSError:
            # One file that cannot be deleted must not keep all the others alive.
            logger.exception("photo not deleted", extra={"photo": pk})
            failed += 1
    if failed:
        raise OSError(f"{failed} photos could not be deleted")
    return deleted


def _delete_photo(pk: UUID) -> int:
    photo = Photo.objects.filter(pk=pk).first()
    if photo:
        services.delete_photo(photo)
    return 1 if photo else 0


@retention.register(
    "files-without-a-row", every=timedelta(hours=6), what=_("Files left by uploads that broke off")
)
def _delete_orphans() -> int:
    """Files of uploads and jobs that were killed between writing a file and saving its row."""
    deleted = 0
    for photo_id in storage.photo_ids():
        # Storage first, row later: a folder younger than this may belong to an upload under way.
        if storage.is_older(photo_id, timedelta(hours=1)) and not _is_known(photo_id):
            storage.delete_folder(photo_id)
            deleted += 1
    return deleted


def _is_known(photo_id: UUID) -> bool:
    return Photo.objects.filter(pk=photo_id).exists()


@retention.register("sessions", every=timedelta(hours=1), what=_("Sessions that are over"))
def _delete_expired_sessions() -> int:
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
