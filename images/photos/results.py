"""What a finished cut-out adds to its photo."""

from images.photos.models import Photo
from images.work.results import Result, on_done


@on_done
def _keep_preview(result: Result) -> None:
    Photo.objects.filter(pk=result.cutout.photo_id).update(preview=result.source_preview)
