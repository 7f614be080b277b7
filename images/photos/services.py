"""What happens to photos at a person's wish: accept, try again, delete."""

import errno
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from bgbegone.lib.names import readable
from images import storage
from images.photos import deleting, guests, turns
from images.photos.forms import Candidate, Rejected, UploadForm
from images.photos.models import Photo
from images.work import bell, moves
from images.work.failures import Failure, StorageFull
from images.work.models import Cutout
from policy import figures

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: exactly one of the two is set."""

    owner: User | None = None
    guest: uuid.UUID | None = None

    @property
    def photos(self) -> QuerySet[Photo]:
        if self.owner:
            return Photo.objects.filter(owner=self.owner)
        return Photo.objects.filter(guest=self.guest)

    @property
    def lifetime(self) -> timedelta:
        if self.owner:
            return timedelta(days=settings.MEMBER_PHOTO_DAYS)
        return timedelta(hours=settings.GUEST_PHOTO_HOURS)


def sender_of(request: HttpRequest, guest: uuid.UUID) -> Sender:
    """The member who is signed in, else this session's guest, who is `guest` if it had none yet."""
    if request.user.is_authenticated:
        return Sender(owner=request.user)
    return Sender(guest=guests.adopt(request, guest))


@dataclass(frozen=True, slots=True)
class Submission:
    """What one click sends: the same for all of its photos."""

    id: uuid.UUID
    sender: Sender
    is_private: bool
    queue: str
    # What is kept shorter than the sender's photos usually are, and what the engine shall do with it.
    lifetime: timedelta | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def twins(self, sha256: str) -> QuerySet[Photo]:
        """The photo that the other click of a double click has made of the same file."""
        return self.sender.photos.filter(submission=self.id, sha256=sha256)


def accept_upload(form: UploadForm, *, request: HttpRequest) -> list[Photo]:
    """Store every candidate of a valid form and queue it; what cannot be stored joins `rejected`."""
    if not form.candidates:
        return []
    submission, photos = _submission(form, request), []
    for candidate in form.candidates:
        try:
            photos.append(accept(candidate, submission))
        except StorageFull:
            form.rejected.append(_rejected(candidate, "storage_full"))
        except TooManyWaiting as err:
            form.rejected.append(_rejected(candidate, "too_many_waiting", count=err.args[0]))
    return photos


def _submission(form: UploadForm, request: HttpRequest) -> Submission:
    submission_id, guest = form.cleaned_data["submission"]
    # Whoever sends one photo does not wait for somebody else's twenty.
    queue = Cutout.Queue.INTERACTIVE if len(form.candidates) == 1 else Cutout.Queue.BULK
    return Submission(submission_id, sender_of(request, guest), form.is_private, queue)


class TooManyWaiting(Exception):
    """The sender has enough in the queue already; the argument is how many."""


def _rejected(candidate: Candidate, code: str, **params: object) -> Rejected:
    return Rejected(candidate.file.label, Failure(code, params))


def _nothing(photo: Photo) -> None:
    pass


def accept(
    candidate: Candidate, submission: Submission, *, along: Callable[[Photo], object] = _nothing
) -> Photo:
    """Store one photo and queue it, or find the one that the same submission has made of the same file.

    `along` is called for a new photo within the transaction that makes it known; what it raises undoes all.
    Raises StorageFull, TooManyWaiting.
    """
    sha256 = candidate.file.sha256()
    if known := submission.twins(sha256).first():
        return known
    _refuse_too_many(submission)
    photo = new_photo(candidate, submission, sha256)
    try:
        store_original(photo, candidate)
        _save_and_queue(photo, submission, along)
    except IntegrityError:
        # The other click came in between.
        storage.delete_folder(photo.id)
        return submission.twins(sha256).get()
    except BaseException:
        storage.delete_folder(photo.id)
        raise
    return photo


def _refuse_too_many(submission: Submission) -> None:
    """A batch that waits keeps nobody from sending a single photo."""
    mine = Cutout.objects.active().filter(photo__in=submission.sender.photos, queue=submission.queue)
    is_single = submission.queue == Cutout.Queue.INTERACTIVE
    most = settings.MAX_WAITING_PER_PERSON if is_single else settings.MAX_BATCH_WAITING_PER_PERSON
    waiting = mine.count()
    if waiting >= most:
        raise TooManyWaiting(waiting)


def new_photo(candidate: Candidate, submission: Submission, sha256: str) -> Photo:
    """The row for a file that was looked at, neither stored nor saved yet."""
    facts, sender = candidate.facts, submission.sender
    return Photo(
        owner=sender.owner,
        guest=sender.guest,
        submission=submission.id,
        sha256=sha256,
        name=readable(candidate.file.label, 200),
        format=facts.format,
        width=facts.width,
        height=facts.height,
        bytes=candidate.file.length,
        is_private=submission.is_private,
        expires_at=timezone.now() + (submission.lifetime or sender.lifetime),
    )


def store_original(photo: Photo, candidate: Candidate) -> None:
    """Raises `StorageFull` when there is no room; nothing is left behind then."""
    candidate.file.seek(0)
    try:
        photo.file = storage.write(photo.id, File(candidate.file.content), "original")
    except OSError as err:
        if err.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull from err
        raise


def _save_and_queue(photo: Photo, submission: Submission, along: Callable[[Photo], object]) -> None:
    with transaction.atomic():
        photo.save(force_insert=True)
        enqueue(photo, submission.queue, options=submission.options)
        along(photo)
    logger.info(
        "photo accepted",
        extra={"photo": photo.id, "format": photo.format, "pixels": photo.width * photo.height},
    )


def enqueue(
    photo: Photo,
    queue: str,
    *,
    status: str = Cutout.Status.QUEUED,
    options: Mapping[str, object] = MappingProxyType({}),
) -> Cutout:
    """Add the work on a photo that has just been saved, and ring for it; within the caller's transaction."""
    turn = _turn(photo) if queue == Cutout.Queue.BULK else 0
    cutout = Cutout.objects.create(photo=photo, queue=queue, status=status, turn=turn, options=dict(options))
    if status == Cutout.Status.QUEUED:
        transaction.on_commit(partial(bell.ring, queue))
    return cutout


def _turn(photo: Photo) -> int:
    return turns.next_turn(Sender(photo.owner, photo.guest).photos)


def retry(photo: Photo) -> bool:
    """Queue a failed photo once more; False when it was not in that state any more."""
    cutout = photo.cutout
    with transaction.atomic():
        moved = Cutout.objects.filter(pk=cutout.pk, status=Cutout.Status.FAILED).update(
            status=Cutout.Status.QUEUED,
            queued_at=timezone.now(),
            turn=_turn(photo) if cutout.queue == Cutout.Queue.BULK else 0,
            attempts=0,
            stage="",
            error_code="",
            error_params={},
        )
        if moved:
            moves.announce(cutout.pk)
        transaction.on_commit(partial(bell.ring, cutout.queue))
    return moved == 1


def delete_photo(photo: Photo) -> None:
    """Delete every byte first and the rows last: what breaks off in between is found again by its row."""
    deleting.prepare(photo)
    # A worker that is still busy with it loses its claim and removes what it has written.
    Cutout.objects.filter(photo=photo).update(status=Cutout.Status.FAILED, claim=None)
    storage.delete_folder(photo.id)
    photo_id = photo.pk
    photo.delete()
    figures.add("photos.deleted")
    logger.info("photo deleted", extra={"photo": photo_id})
