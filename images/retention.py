"""What of the pictures is deleted, and when (promises P14 and P16)."""

from datetime import timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone

from images import services, storage
from images.models import Photo, ShareLink
from policy import retention


@retention.register("photos", every=timedelta(minutes=5))
def _delete_expired_photos() -> int:
    """Originals, results, previews, links and rows, one photo at a time."""
    deleted = 0
    for photo in Photo.objects.expired().iterator(chunk_size=100):
        services.delete_photo(photo)
        deleted += 1
    return deleted


@retention.register("share-links", every=timedelta(minutes=5))
def _delete_expired_links() -> int:
    return ShareLink.objects.expired().delete()[0]


@retention.register("files-without-a-row", every=timedelta(hours=6))
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


@retention.register("sessions", every=timedelta(hours=1))
def _delete_expired_sessions() -> int:
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
