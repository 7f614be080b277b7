"""A photo that goes takes its renditions along."""

from images.editing.models import Rendition
from images.photos.deleting import before
from images.photos.models import Photo


@before
def _let_go(photo: Photo) -> None:
    """A worker that is still busy loses its claim and removes what it has written."""
    Rendition.objects.filter(cutout__photo=photo).update(status=Rendition.Status.FAILED, claim=None)
