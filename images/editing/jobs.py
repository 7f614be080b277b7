"""The life of a rendition. Each move is a guarded UPDATE, as in `images.work.jobs`.

queued → running → done | failed        failed → queued when it is asked for again, running → queued by the
sweeper
"""

import errno
import hashlib
import logging
import uuid
import zlib
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from images import storage
from images.editing.models import Ground, Rendition
from images.engine.edits import recipe as recipes
from images.engine.edits.parts import Picture
from images.engine.edits.recipe import Recipe
from images.engine.edits.render import Rendered, render
from images.engine.edits.sources import Sources
from images.engine.errors import BadRecipe, EngineError
from images.engine.networks.network import Network
from images.photos.models import Photo
from images.work import shift
from images.work.bell import ring
from images.work.failures import TooSlow
from images.work.limits import limits
from images.work.models import Cutout

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
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
    while candidate := waiting.values_list("pk", flat=True).first():
        now = timezone.now()
        won = Rendition.objects.filter(pk=candidate, status=Rendition.Status.QUEUED).update(
            status=Rendition.Status.RUNNING, claim=uuid.uuid4(), started_at=now, pulse_at=now
        )
        if won:
            return Rendition.objects.select_related("cutout__photo").filter(pk=candidate).first()
    return None


def _make(rendition: Rendition) -> None:
    facts = {"rendition": rendition.pk}
    try:
        _finish(rendition, _render(rendition))
    except EngineError as err:
        _fail(rendition, err.code, err.params)
    except FileNotFoundError:
        _fail(rendition, "file_vanished")
    except TooSlow:
        _fail(rendition, "too_slow")
    except OSError as err:
        full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        _fail(rendition, "storage_full" if full else "internal")
        logger.exception("store or disk failed", extra=facts)
    except Exception:
        _fail(rendition, "internal")
        logger.exception("rendition failed", extra=facts)


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


def _mine(rendition: Rendition) -> Any:
    """The row, as long as this worker's claim holds."""
    running = Rendition.objects.filter(pk=rendition.pk, status=Rendition.Status.RUNNING)
    return running.filter(claim=rendition.claim)


def _fail(rendition: Rendition, code: str, params: dict[str, Any] | None = None) -> None:
    moved = _mine(rendition).update(
        status=Rendition.Status.FAILED,
        error_code=code,
        error_params=params or {},
        finished_at=timezone.now(),
        claim=None,
    )
    if moved:
        logger.info("rendition failed", extra={"rendition": rendition.pk, "code": code})


def _finish(rendition: Rendition, made: Rendered) -> None:
    """Store the file, then make it known; a worker that has lost its claim takes its files back."""
    photo, written = rendition.cutout.photo_id, list[str]()
    try:
        for data, extension in ((made.data, made.extension), (made.preview, "webp")):
            written.append(storage.write(photo, ContentFile(data), extension))
        won = _publish(rendition, made, *written)
    except BaseException:
        storage.delete(written)
        raise
    if not won:
        _take_back(rendition, written)


def _take_back(rendition: Rendition, written: list[str]) -> None:
    """Another worker has made it, or the photo was deleted, and then nothing of it may remain."""
    storage.delete(written)
    if not Cutout.objects.filter(pk=rendition.cutout_id).exists():
        storage.delete_folder(rendition.cutout.photo_id)
    logger.info("rendition not needed any more", extra={"rendition": rendition.pk})


def _publish(rendition: Rendition, made: Rendered, file: str, preview: str) -> bool:
    try:
        with transaction.atomic():
            won: int = _mine(rendition).update(
                status=Rendition.Status.DONE,
                finished_at=timezone.now(),
                last_used_at=timezone.now(),
                claim=None,
                file=file,
                preview=preview,
                width=made.width,
                height=made.height,
                bytes=len(made.data),
                crc32=zlib.crc32(made.data),
                sha256=hashlib.sha256(made.data).hexdigest(),
                checks=made.facts.document() if made.facts else {},
            )
            return won == 1
    except IntegrityError:
        return False  # the photo was deleted at this very moment


def sweep() -> None:
    """Put back what dead workers left behind, and ring for whatever waits."""
    for rendition in Rendition.objects.silent():
        _put_back(rendition)
    for rendition in Rendition.objects.waiting()[:RINGS_PER_SWEEP]:
        ring(rendition.queue, expires=10)


def _put_back(rendition: Rendition) -> None:
    if rendition.attempts + 1 >= MOST_ATTEMPTS:
        _fail(rendition, "gave_up")
        return
    # At the end of the line: if this one is what kills workers, the others come first.
    moved = _mine(rendition).update(
        status=Rendition.Status.QUEUED,
        attempts=rendition.attempts + 1,
        queued_at=timezone.now(),
        claim=None,
    )
    if moved:
        logger.warning("rendition put back", extra={"rendition": rendition.pk})
