"""The life of a rendition. Each move is a guarded UPDATE, as in `images.work.jobs`.

queued → running → done | failed        failed → queued when it is asked for again, running → queued by the
sweeper
"""

import hashlib
import logging
import zlib
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone

from images import storage
from images.editing.models import Ground, Rendition
from images.engine.edits import recipe as recipes
from images.engine.edits.parts import Picture
from images.engine.edits.recipe import Recipe
from images.engine.edits.render import Rendered, render
from images.engine.edits.sources import Sources
from images.engine.errors import BadRecipe
from images.engine.networks.network import Network
from images.photos.models import Photo
from images.work import shift
from images.work.bell import ring
from images.work.job import attempt
from images.work.jobs import storing, take_back
from images.work.limits import limits

logger = logging.getLogger(__name__)

RINGS_PER_SWEEP = 4


def process_next() -> bool:
    """Take the next waiting rendition and make it; False when there was none."""
    job = take(None, None)
    if job:
        job.do()
    return job is not None


@shift.takes
def take(_network: Network | None, queue: str | None) -> shift.Job | None:
    """A rendition for a hand of a worker. It needs no network."""
    rendition = claim_next(queue)
    if rendition is None:
        return None
    photo = rendition.cutout.photo
    return shift.Job(Rendition, rendition.claim, photo.width * photo.height, partial(_make, rendition))


def claim_next(queue: str | None = None) -> Rendition | None:
    """Move the first waiting rendition to running; of one queue, or of both."""
    waiting = Rendition.objects.waiting()
    if queue:
        waiting = waiting.filter(queue=queue)
    return Rendition.claim_first(waiting)


def _make(rendition: Rendition) -> None:
    attempt(rendition, lambda: _finish(rendition, _render(rendition)), rendition.fail)


def _render(rendition: Rendition) -> Rendered:
    cutout, recipe = rendition.cutout, recipes.parse(rendition.recipe)
    sources = Sources(
        cutout_file=partial(_read, cutout.file),
        original_file=partial(_read, cutout.photo.file),
        picture_file=partial(picture_of, cutout.photo, recipe),
        cmyk=settings.CMYK_PROFILE,
    )
    return render(sources, recipe, limits())


def picture_of(photo: Photo, recipe: Recipe) -> bytes:
    """The picture that takes the place of the background, if it is still there."""
    if not isinstance(recipe.ground, Picture):
        raise BadRecipe("no_ground")
    ground = Ground.objects.beside(photo).filter(pk=recipe.ground.picture).first()
    if ground is None:
        raise BadRecipe("no_ground")
    return _read(ground.file)


def _read(name: str) -> bytes:
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data


def _finish(rendition: Rendition, made: Rendered) -> None:
    """Store the file, then make it known; a worker that has lost its claim takes its files back."""
    photo = rendition.cutout.photo_id
    with storing(rendition) as written:
        for data, extension in ((made.data, made.extension), (made.preview, "webp")):
            written.append(storage.write(photo, ContentFile(data), extension))
        won = _publish(rendition, made, *written)
    if not won:
        take_back(written, cutout=rendition.cutout_id, photo=photo)


def _publish(rendition: Rendition, made: Rendered, file: str, preview: str) -> bool:
    try:
        return rendition.finish(
            last_used_at=timezone.now(),
            file=file,
            preview=preview,
            width=made.width,
            height=made.height,
            bytes=len(made.data),
            crc32=zlib.crc32(made.data),
            sha256=hashlib.sha256(made.data).hexdigest(),
            checks=made.facts.document() if made.facts else {},
        )
    except IntegrityError:
        return False  # the photo was deleted at this very moment


def sweep() -> None:
    """Put back what dead workers left behind, and ring for whatever waits."""
    for rendition in Rendition.objects.silent():
        _put_back(rendition)
    for rendition in Rendition.objects.waiting()[:RINGS_PER_SWEEP]:
        ring(rendition.queue, expires=10)


def _put_back(rendition: Rendition) -> None:
    if rendition.has_tried_enough:
        rendition.fail("gave_up")
    else:
        rendition.put_back()
