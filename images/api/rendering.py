"""From a photo to a finished file: the cut-out, then the rendition by a recipe, within one stretch of time."""

import time
from typing import Any

from django.core.files.storage import default_storage

from images.api import waiting
from images.editing import services
from images.editing.models import Rendition
from images.engine.edits import recipe as recipes
from images.photos.models import Photo
from images.work.failures import Failure
from images.work.models import Cutout


class NotFinished(Exception):
    """It takes longer than somebody wants to wait. The work goes on, and the same request finds it."""


class Failed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Gone(Exception):
    """The photo was deleted meanwhile."""


class Patience:
    """Seconds that are shared by all the waits of one request."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def wait(self, job: Cutout | Rendition) -> None:
        """Until the work is over. Raises NotFinished, Failed, Gone, waiting.NoPlace."""
        if not waiting.until(lambda: not _refreshed(job).is_active, self._end - time.monotonic()):
            raise NotFinished
        if not job.is_done:
            raise Failed(Failure(job.error_code or "internal", job.error_params))


def _refreshed(job: Cutout | Rendition) -> Cutout | Rendition:
    try:
        job.refresh_from_db()
    except (Cutout.DoesNotExist, Rendition.DoesNotExist) as err:
        raise Gone from err
    return job


def render(photo: Photo, document: dict[str, Any], patience: Patience) -> tuple[str, str]:
    """Name in the store and MIME type of the file by a recipe. The cut-out has to be done.

    Raises BadRecipe, and what `Patience.wait` raises.
    """
    recipe = recipes.parse(document)
    if recipe.is_plain:
        return photo.cutout.file, "image/png"
    try:
        rendition = services.request(photo, recipe)
    except Photo.DoesNotExist as err:
        raise Gone from err
    patience.wait(rendition)
    return rendition.file, rendition.mime


def read(name: str) -> bytes:
    """Raises Gone."""
    try:
        with default_storage.open(name) as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError as err:
        raise Gone from err
