"""Pictures of one's own, to put behind photos."""

import errno
from uuid import UUID

from django.core.files import File
from django.http import HttpRequest
from django.utils import timezone

from images import storage
from images.editing.models import Ground, Rendition
from images.photos.forms import Candidate
from images.photos.models import Photo
from images.photos.services import sender_of
from images.work.failures import StorageFull

MOST_GROUNDS = 60


def has(photo: Photo, ground_id: UUID) -> bool:
    """Whether this picture belongs to the person whose photo it is."""
    return Ground.objects.beside(photo).filter(pk=ground_id).exists()


def accept(candidate: Candidate, *, request: HttpRequest, guest: UUID) -> Ground:
    """Store a picture that was looked at. Raises StorageFull when there is no room."""
    sender, facts = sender_of(request, guest), candidate.facts
    printable = "".join(letter for letter in candidate.file.label if letter.isprintable())
    ground = Ground(
        owner=sender.owner,
        guest=sender.guest,
        name=printable[-200:],
        mime=facts.mime,
        width=facts.width,
        height=facts.height,
        bytes=candidate.file.length,
        expires_at=timezone.now() + sender.lifetime,
    )
    try:
        candidate.file.seek(0)
        ground.file = storage.write(ground.id, File(candidate.file.content), "original", storage.GROUNDS)
        ground.save(force_insert=True)
    except OSError as err:
        storage.delete_folder(ground.id, storage.GROUNDS)
        if err.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull from err
        raise
    return ground


def delete(ground: Ground) -> None:
    """Delete the picture and every file that shows it; bytes first: what breaks off is found again."""
    for rendition in Rendition.objects.filter(recipe__ground__picture=str(ground.pk)):
        forget(rendition)
    storage.delete_folder(ground.pk, storage.GROUNDS)
    ground.delete()


def forget(rendition: Rendition) -> None:
    """Delete a rendition's bytes, then its row. A worker that is busy with it takes back what it writes."""
    storage.delete([name for name in (rendition.file, rendition.preview) if name])
    rendition.delete()
