"""The life of a preparation. Each move is a guarded UPDATE, as in `images.work.jobs`.

queued → running → done | failed        failed → queued when it is asked for again, running → queued by the
sweeper
"""

import logging
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.utils import timezone

from images import storage
from images.engine.networks.network import Network
from images.studio.making import Made, make
from images.studio.models import Preparation
from images.work import shift
from images.work.bell import ring
from images.work.job import attempt
from images.work.jobs import storing, take_back
from images.work.models import Cutout

logger = logging.getLogger(__name__)

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
    return Preparation.claim_first(waiting)


def _make(preparation: Preparation, network: Network | None) -> None:
    attempt(preparation, lambda: _finish(preparation, make(preparation, network)), preparation.fail)


def _finish(preparation: Preparation, made: Made) -> None:
    """Store the file, then make it known; a worker that has lost its claim takes it back."""
    photo = preparation.cutout.photo_id
    with storing(preparation) as written:
        if isinstance(made, bytes):
            written.append(storage.write(photo, ContentFile(made), str(preparation.kind)))
        won = _publish(preparation, "".join(written), {} if isinstance(made, bytes) else dict(made))
    if not won:
        take_back(written, cutout=preparation.cutout_id, photo=photo)


def _publish(preparation: Preparation, name: str, result: dict[str, Any]) -> bool:
    try:
        return preparation.finish(file=name, result=result, last_used_at=timezone.now())
    except IntegrityError:
        return False  # the photo was deleted at this very moment


def sweep() -> None:
    """Put back what dead workers left behind, and ring for whatever waits."""
    for preparation in Preparation.objects.silent():
        _put_back(preparation)
    for _ in Preparation.objects.waiting()[:RINGS_PER_SWEEP]:
        ring(Cutout.Queue.INTERACTIVE, expires=10)


def _put_back(preparation: Preparation) -> None:
    if preparation.has_tried_enough:
        preparation.fail("gave_up")
    else:
        preparation.put_back()
