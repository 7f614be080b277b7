"""What of this room goes, and when: renditions that nobody asks for any more can be made again."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from images import storage
from images.editing import grounds
from images.editing.models import Ground, Rendition
from policy import retention


@retention.register("renditions", every=timedelta(hours=1), what=_("Files made by edits, not used any more"))
def _delete_unused() -> int:
    deleted = 0
    for rendition in Rendition.objects.unused(timedelta(days=settings.RENDITION_DAYS)).iterator():
        grounds.forget(rendition)
        deleted += 1
    return deleted


@retention.register(
    "grounds", every=timedelta(minutes=5), what=_("Background pictures, and files made with them")
)
def _delete_expired_grounds() -> int:
    expired = list(Ground.objects.expired())
    for ground in expired:
        grounds.delete(ground)
    return len(expired)


@retention.register(
    "grounds-without-a-row", every=timedelta(hours=6), what=_("Background pictures whose upload broke off")
)
def _delete_orphans() -> int:
    deleted = 0
    for ground_id in storage.photo_ids(storage.GROUNDS):
        # Storage first, row later: a folder younger than this may belong to an upload under way.
        is_old = storage.is_older(ground_id, timedelta(hours=1), storage.GROUNDS)
        if is_old and not Ground.objects.filter(pk=ground_id).exists():
            storage.delete_folder(ground_id, storage.GROUNDS)
            deleted += 1
    return deleted
