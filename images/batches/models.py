"""A batch, the files that belong to it, and what of them is still on its way."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.photos.owners import OwnedQuerySet, has_one_owner
from images.photos.services import Sender
from images.work.failures import Failure
from images.work.models import Cutout

# From the last piece on. With the five minutes between two runs of the rule it is less than a day.
UPLOAD_LIFETIME = timedelta(hours=23)
DEFAULT_NAMES = "{folder}/{name}"


class BatchQuerySet(OwnedQuerySet["Batch"]):
    def of(self, sender: Sender) -> Self:
        mine = self.filter(owner=sender.owner) if sender.owner else self.filter(guest=sender.guest)
        return mine.filter(expires_at__gt=timezone.now())

    def bump(self, pk: uuid.UUID) -> int:
        """The number of a change that is being made now. The row stays locked until the transaction ends,
        so that changes become visible in the order of their numbers, and no poll misses one."""
        self.filter(pk=pk).update(change=models.F("change") + 1)
        return self.filter(pk=pk).values_list("change", flat=True).first() or 0


class Batch(models.Model):
    """Photos that were sent together, with one setting for all of them."""

    class Twins(models.TextChoices):
        """What becomes of files whose bytes are in the batch already."""

        ASK = "", _("not asked yet")
        KEEP = "keep", _("cut them out, too")
        DROP = "drop", _("leave them out")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="batches"
    )
    guest = models.UUIDField(null=True, blank=True)
    # Both clicks of a double click carry it, and make one batch.
    submission = models.UUIDField()
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_private = models.BooleanField(default=False)
    twins = models.CharField(max_length=4, choices=Twins, default=Twins.ASK, blank=True)
    # What is made of each cut-out, without marks; empty leaves it transparent and as large as the photo.
    recipe = models.JSONField(default=dict, blank=True)
    preset = models.CharField(max_length=60, blank=True)
    names = models.CharField(max_length=200, default=DEFAULT_NAMES)
    wants_mail = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    change = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["guest", "-created_at"]),
        ]
        constraints = [
            has_one_owner("batch"),
            models.UniqueConstraint(
                fields=["owner", "submission"], name="batch_once_per_submission_of_owner"
            ),
            models.UniqueConstraint(
                fields=["guest", "submission"], name="batch_once_per_submission_of_guest"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def sender(self) -> Sender:
        return Sender(owner=self.owner, guest=self.guest)

    @property
    def title(self) -> str:
        return self.name or str(_("Batch"))

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class ItemQuerySet(models.QuerySet["Item"]):
    def open(self) -> Self:
        """Something is still to come: bytes, work, or an answer of the owner."""
        return self.filter(fate__in=Item.OPEN)

    def unfinished(self) -> Self:
        """What waits for this service rather than for its owner."""
        return self.filter(fate__in=[Item.Fate.WAITING, Item.Fate.WORKING])

    def ready(self) -> Self:
        return self.filter(fate=Item.Fate.READY)

    def by_doubt(self) -> Self:
        """The most doubtful first."""
        return self.order_by(models.F("confidence").asc(nulls_first=True), "number")


class Item(models.Model):
    """One file of a batch: announced, on its way, or a photo with its fate.

    `fate` mirrors the state of the photo's cut-out, so that a list of ten thousand needs no join; it is
    written in the transaction that moves the cut-out (see `mirror.py`).
    """

    class Fate(models.TextChoices):
        AWAITED = "awaited", pgettext_lazy("photo", "Not sent yet")
        TWIN = "twin", pgettext_lazy("photo", "Same as another")
        WAITING = "waiting", pgettext_lazy("photo", "Waiting")
        PAUSED = "paused", pgettext_lazy("photo", "Paused")
        WORKING = "working", pgettext_lazy("photo", "Working")
        READY = "ready", pgettext_lazy("photo", "Ready")
        FAILED = "failed", pgettext_lazy("photo", "Failed")
        REFUSED = "refused", pgettext_lazy("photo", "Not accepted")
        LEFT_OUT = "left_out", pgettext_lazy("photo", "Left out")

    OPEN = (Fate.AWAITED, Fate.TWIN, Fate.WAITING, Fate.PAUSED, Fate.WORKING)

    class Verdict(models.TextChoices):
        NONE = "", pgettext_lazy("photo", "Not looked at")
        ACCEPTED = "accepted", pgettext_lazy("photo", "Accepted")
        REJECTED = "rejected", pgettext_lazy("photo", "Rejected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    photo = models.OneToOneField("images.Photo", models.CASCADE, null=True, blank=True, related_name="item")
    number = models.PositiveIntegerField()
    # Folders and name as the sender's machine gave them; shown, and never used as a path.
    path = models.CharField(max_length=1000)
    size = models.PositiveBigIntegerField(default=0)
    # When the file was last changed, in milliseconds since 1970; 0 where nobody said.
    modified = models.BigIntegerField(default=0)
    fate = models.CharField(max_length=10, choices=Fate, default=Fate.AWAITED)
    sha256 = models.CharField(max_length=64, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.NONE, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    # When its result was last part of an archive that was taken to its end.
    taken_at = models.DateTimeField(null=True, blank=True)
    # Its file by the batch's setting has still to be asked for.
    is_due = models.BooleanField(default=False)
    change = models.PositiveBigIntegerField(default=0)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo of a batch")
        verbose_name_plural = _("photos of batches")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["batch", "fate"]),
            models.Index(fields=["batch", "change"]),
            models.Index(fields=["batch", "confidence"]),
            models.Index(fields=["fate"], condition=models.Q(is_due=True), name="item_is_due"),
        ]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="item_number_once_in_batch")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def cutout(self) -> Cutout | None:
        return self.photo.cutout if self.photo else None

    @property
    def failure(self) -> Failure | None:
        """Why it was not accepted, or what went wrong with the work on it."""
        if self.fate == self.Fate.REFUSED:
            return Failure(self.error_code, self.error_params)
        cutout = self.cutout
        if self.fate == self.Fate.FAILED and cutout:
            return Failure(cutout.error_code or "internal", cutout.error_params)
        return None

    @property
    def is_retryable(self) -> bool:
        failure = self.failure
        return self.fate == self.Fate.FAILED and failure is not None and failure.is_retryable


class UploadQuerySet(models.QuerySet["Upload"]):
    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def complete(self) -> Self:
        """Every byte is there, and nobody has made a photo of it yet."""
        return self.filter(offset=models.F("size"), finished_at__isnull=True)


class Upload(models.Model):
    """A file on its way. Its pieces lie in the folder `uploads/<id>/` until they are one photo."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="uploads")
    item = models.OneToOneField(Item, models.CASCADE, related_name="upload")
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    # The names of what is stored, in order. They change with the offset, in one statement.
    pieces = models.JSONField(default=list, blank=True)
    # As the client sent it; the protocol wants it back.
    metadata = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    # Who is making a photo of it, and since when: a process that was killed loses it after a while.
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size

    def advance(self, piece: str, length: int) -> bool:
        """Add a stored piece at the offset that this row was read with. False when another request has
        moved it meanwhile: then the piece is not part of the file."""
        offset, pieces = self.offset + length, [*self.pieces, piece]
        moved = Upload.objects.filter(pk=self.pk, offset=self.offset, finished_at__isnull=True).update(
            offset=offset, pieces=pieces, expires_at=timezone.now() + UPLOAD_LIFETIME
        )
        if moved:
            self.offset, self.pieces = offset, pieces
        return moved == 1


def numbers_after(batch: Batch) -> Iterable[int]:
    """Numbers for further items of a batch."""
    last = batch.items.aggregate(last=models.Max("number"))["last"] or 0
    return range(last + 1, last + 1 + settings.MAX_FILES_PER_BATCH)
