"""A photo that goes takes its preparations along."""

from images.photos.deleting import before
from images.photos.models import Photo
from images.studio.models import Preparation


@before
def _let_go(photo: Photo) -> None:
    """A worker that is still busy loses its claim and removes what it has written."""
    rows = Preparation.objects.filter(cutout__photo=photo)
    rows.update(status=Preparation.Status.FAILED, claim=None)
