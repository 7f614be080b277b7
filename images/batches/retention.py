"""What of batches is deleted, and when (promise P16)."""

from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.batches import pieces
from images.batches.links import BatchLink
from images.batches.models import Batch, Upload
from policy import figures, retention

_EVERY = timedelta(minutes=5)


@retention.register("uploads", every=_EVERY, what=_("Pieces of uploads that were not finished"))
def delete_uploads() -> int:
    """Pieces first and the row last: what breaks off in between is found again by its row."""
    expired = list(Upload.objects.expired().values_list("pk", flat=True))
    for pk in expired:
        pieces.delete(pk)
        Upload.objects.expired().filter(pk=pk).delete()
    return len(expired)


@retention.register("batches", every=_EVERY, what=_("Batches: lists of the photos that were sent together"))
def delete_batches() -> int:
    """The lists. Photos have times of their own; those of a deleted batch have ended with it."""
    deleted = 0
    for batch in Batch.objects.expired():
        for pk in batch.uploads.values_list("pk", flat=True):
            pieces.delete(pk)
        deleted += Batch.objects.expired().filter(pk=batch.pk).delete()[1].get("images.Batch", 0)
    return deleted


@retention.register("batch-links", every=_EVERY, what=_("Links to batches that have expired"))
def _delete_links() -> int:
    deleted = BatchLink.objects.expired().delete()[1].get("images.BatchLink", 0)
    if deleted:
        figures.add("links.expired", deleted)
    return deleted


@retention.register(
    "pieces-without-a-row", every=timedelta(hours=6), what=_("Pieces left by uploads that broke off")
)
def delete_orphans() -> int:
    """Pieces that were stored by a process which was killed before it wrote them down."""
    known = set(Upload.objects.values_list("pk", flat=True))
    orphans = [pk for pk in pieces.uploads_in_store() if pk not in known and _is_old(pk)]
    for pk in orphans:
        pieces.delete(pk)
    return len(orphans)


def _is_old(upload: UUID) -> bool:
    folder = f"{pieces.ROOT}/{upload}"
    limit = timezone.now() - timedelta(hours=1)
    names = default_storage.listdir(folder)[1]
    return all(default_storage.get_modified_time(f"{folder}/{name}") < limit for name in names)
