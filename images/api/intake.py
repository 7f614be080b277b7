"""How a picture that a program sends becomes a photo: the same checks, store and queue as the website's."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from images.api.keys.models import ApiKey
from images.api.limits import services as limits
from images.engine import probe
from images.engine.errors import EngineError
from images.photos.forms import Candidate, refusal_of
from images.photos.models import Photo
from images.photos.receiving import ReceivedPhoto
from images.photos.services import Sender, Submission, TooManyWaiting, accept, retry
from images.work.failures import RETRYABLE, Failure, StorageFull
from images.work.limits import limits as engine_limits
from images.work.models import Cutout

# So many photos of one person wait in front, beside everybody else's; the others wait behind.
_PLACES_IN_FRONT = 8


class NotTaken(Exception):
    """The picture cannot be taken; `failure` has a code and a sentence."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Order:
    """What is sent along with a picture. Two orders that say the same of one file are one order."""

    name: uuid.UUID
    is_private: bool = True
    lifetime: timedelta | None = None
    options: dict[str, Any] = field(default_factory=dict)
    # Where it waits; None: in front, as long as there are places. And what else is done with a new photo, in
    # the transaction that makes it known.
    queue: str | None = None
    along: Callable[[Photo], object] | None = None


def look_at(file: ReceivedPhoto) -> Candidate:
    """Raises NotTaken for what is no photo, or too large a one."""
    failure = refusal_of(file)
    if failure:
        raise NotTaken(failure)
    try:
        return Candidate(file, probe(file.content, engine_limits()))
    except EngineError as err:
        raise NotTaken(Failure(err.code, err.params)) from err


def take_in(key: ApiKey, candidate: Candidate, order: Order) -> Photo:
    """The photo, which may be there already from an earlier try of the same order; only a new one is charged.

    Raises NotTaken, limits.OverLimit, and what `order.along` raises.
    """
    megapixels = limits.megapixels_of(candidate.facts.width, candidate.facts.height)
    submission = _submission(key, order)
    known = submission.twins(candidate.file.sha256()).select_related("cutout").first()
    if known:
        return _tried_again(known)
    limits.check(key, megapixels)

    def along(photo: Photo) -> None:
        limits.charge(photo, key, megapixels)
        if order.along:
            order.along(photo)

    try:
        photo = accept(candidate, submission, along=along)
    except StorageFull as err:
        raise NotTaken(Failure("storage_full", {})) from err
    except TooManyWaiting as err:
        raise NotTaken(Failure("too_many_waiting", {"count": err.args[0]})) from err
    return photo


def _submission(key: ApiKey, order: Order) -> Submission:
    sender = Sender(owner=key.owner)
    waiting = Cutout.objects.active().filter(photo__owner=key.owner, queue=Cutout.Queue.INTERACTIVE)
    in_front = waiting.count() < _PLACES_IN_FRONT
    return Submission(
        order.name,
        sender,
        order.is_private or key.is_sandbox,  # a link of its own would show the result without its watermark
        order.queue or (Cutout.Queue.INTERACTIVE if in_front else Cutout.Queue.BULK),
        order.lifetime,
        order.options,
    )


def _tried_again(photo: Photo) -> Photo:
    """What failed for a reason that may be over gets another chance."""
    cutout = photo.cutout
    if cutout.status == Cutout.Status.FAILED and cutout.error_code in RETRYABLE:
        retry(photo)
        cutout.refresh_from_db()
    return photo
