"""A finished cut-out: what was made from an older one goes, and the owner's own preset is done to it."""

from images.editing import defaults, grounds
from images.editing.models import Rendition
from images.photos.models import Photo
from images.work.results import Result, on_done


@on_done
def _begin(result: Result) -> None:
    for rendition in Rendition.objects.filter(cutout=result.cutout):
        grounds.forget(rendition)
    # The row as it is now: with the weights that made the result.
    defaults.begin(Photo.objects.select_related("cutout").get(pk=result.cutout.photo_id))
