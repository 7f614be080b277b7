"""The life of a preparation. Each move is a guarded UPDATE, as in `images.work.jobs`.

queued → running → done | failed        failed → queued when it is asked for again, running → queued by the
sweeper
"""

import errno
import logging
import uuid
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.utils import timezone

from images import storage
from images.engine.errors import EngineError
from images.engine.networks.network import Network
from images.studio.making import Made, make
from images.studio.models import Preparation
from images.work import shift
from images.work.bell import ring
from images.work.failures import TooSlow
from images.work.models import Cutout

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
RINGS_PER_SWEEP = 2


def process_next(network: Network | None = None) -> bool:
    """Take the next waiting preparation and make it; False when there was none."""
    job = take(network, None)
    if job:
        job.do()
    return job is not None


@shift.takes
def take(network: Network | None, queue: str | None) -> shift.Job | None:
    """A preparation for a hand of a worker: somebody is looking at a page that waits for it."""
    if queue == Cutout.Queue.BULK:
        return None
    preparation = claim_next(has_network=network is not None)
    if preparation is None:
        return None
    photo = preparation.cutout.photo
    work = partial(_make, preparation, network)
    return shift.Job(Preparation, preparation.claim, photo.width * photo.height, work)


def claim_next(*, has_network: bool = True) -> Preparation | None:
    """Move the first waiting preparation to running; a box needs a network."""
    waiting = Preparation.objects.waiting()
    if not has_network:
        waiting = waiting.exclude(kind=Preparation.Kind.BOX)
    while candidate := waiting.values_list("pk", flat=True).first():
        won = Preparation.objects.filter(pk=candidate, status=Preparation.Status.QUEUED).update(
            status=Preparation.Status.RUNNING, claim=uuid.uuid4(), pulse_at=timezone.now()
        )
        if won:
            return Preparation.objects.select_related("cutout__photo").filter(pk=candidate).first()
    return None


def _make(preparation: Preparation, network: Network | None) -> None:
    facts = {"preparation": preparation.pk}
    try:
        _finish(preparation, make(preparation, network))
    except EngineError as err:
        _fail(preparation, err.code, err.params)
    except FileNotFoundError:
        _fail(preparation, "file_vanished")
    except TooSlow:
        _fail(preparation, "too_slow")
    except OSError as err:
        full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        _fail(preparation, "storage_full" if full else "internal")
        logger.exception("store or disk failed", extra=facts)
    except Exception:
        _fail(preparation, "internal")
        logger.exception("preparation failed", extra=facts)


def _mine(preparation: Preparation) -> Any:
    """The row, as long as this worker's claim holds."""
    running = Preparation.objects.filter(pk=preparation.pk, status=Preparation.Status.RUNNING)
    return running.filter(claim=preparation.claim)


def _fail(preparation: Preparation, code: str, params: dict[str, Any] | None = None) -> None:
    changes = {"status": Preparation.Status.FAILED, "error_code": code, "error_params": params or {}}
    if _mine(preparation).update(**changes, claim=None):
        logger.info("preparation failed", extra={"preparation": preparation.pk, "code": code})


def _finish(preparation: Preparation, made: Made) -> None:
    """Store the file, then make it known; a worker that has lost its claim takes it back."""
    photo = preparation.cutout.photo_id
    name = ""
    try:
        if isinstance(made, bytes):
            name = storage.write(photo, ContentFile(made), str(preparation.kind))
        won = _publish(preparation, name, {} if isinstance(made, bytes) else dict(made))
    except BaseException:
        storage.delete([name] if name else [])
        raise
    if not won:
        _take_back(preparation, name)


def _publish(preparation: Preparation, name: str, result: dict[str, Any]) -> bool:
    try:
        changes = {"file": name, "result": result, "last_used_at": timezone.now(), "claim": None}
        won: int = _mine(preparation).update(status=Preparation.Status.DONE, **changes)
    except IntegrityError:
        return False  # the photo was deleted at this very moment
    return won == 1


def _take_back(preparation: Preparation, name: str) -> None:
    """Another worker has made it, or the photo was deleted, and then nothing of it may remain."""
    storage.delete([name] if name else [])
    if not Cutout.objects.filter(pk=preparation.cutout_id).exists():
        storage.delete_folder(preparation.cutout.photo_id)


def sweep() -> None:
    """Put back what dead workers left behind, and ring for whatever waits."""
    for preparation in Preparation.objects.silent():
        _put_back(preparation)
    for _ in Preparation.objects.waiting()[:RINGS_PER_SWEEP]:
        ring(Cutout.Queue.INTERACTIVE, expires=10)


def _put_back(preparation: Preparation) -> None:
    if preparation.attempts + 1 >= MOST_ATTEMPTS:
        _fail(preparation, "gave_up")
        return
    # At the end of the line: if this one is what kills workers, the others come first.
    moved = _mine(preparation).update(
        status=Preparation.Status.QUEUED,
        attempts=preparation.attempts + 1,
        queued_at=timezone.now(),
        claim=None,
    )
    if moved:
        logger.warning("preparation put back", extra={"preparation": preparation.pk})
