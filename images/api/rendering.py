"""From a photo to a finished file: the cut-out, then the rendition by a recipe, in one stretch of time."""

from typing import Any

from django.core.files.storage import default_storage

from images.api.waiting import Patience
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


def finish(job: Cutout | Rendition, patience: Patience) -> None:
    """Go on only when the work is over and well. Raises NotFinished, Failed, Gone, waiting.Paused."""
    refresh(job)
    patience.pause(job)
    if job.is_active:
        raise NotFinished
    if not job.is_done:
        raise Failed(Failure(job.error_code or "internal", job.error_params))


def refresh(job: Cutout | Rendition) -> None:
    try:
        job.refresh_from_db()
    except (Cutout.DoesNotExist, Rendition.DoesNotExist) as err:
        raise Gone from err


def render(photo: Photo, document: dict[str, Any], patience: Patience) -> tuple[str, str]:
    """Name in the store and MIME type of the file by a recipe. The cut-out has to be done.

    May be called again: the same recipe finds the same file. Raises BadRecipe, and what `finish` raises.
    """
    recipe = recipes.parse(document)
    if recipe.is_plain:
        return photo.cutout.file, "image/png"
    try:
        rendition = services.request(photo, recipe)
    except Photo.DoesNotExist as err:
        raise Gone from err
    finish(rendition, patience)
    return rendition.file, rendition.mime


def read(name: str) -> bytes:
    """Raises Gone."""
    try:
        with default_storage.open(name) as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError as err:
        raise Gone from err
