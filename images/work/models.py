"""The job that makes a cut-out, with its result, and the workers that do it."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.engine.matte.confidence import NEEDS_A_LOOK
from images.work import moves
from images.work.job import Job, JobQuerySet, heard_between


class CutoutQuerySet(JobQuerySet["Cutout"]):
    def waiting(self) -> Self:
        """Queued, in the order in which workers take them: single photos before batches, and in batches
        the next photo of everybody before anybody's next but one."""
        return self.filter(status=Cutout.Status.QUEUED).order_by("-queue", "turn", "queued_at", "pk")


class Cutout(Job):
    """The job that cuts a photo out, and its result: colour and alpha in one PNG.

    Colour is not multiplied by alpha and is zero where alpha is, so that the file
    holds foreground and alpha for any later edit, and nothing of the background.
    """

    noun = "cut-out"
    loaded_with = "photo"
    most_attempts = 5

    class Status(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("photo", "Waiting")
        RUNNING = "running", pgettext_lazy("photo", "Working")
        DONE = "done", pgettext_lazy("photo", "Ready")
        FAILED = "failed", pgettext_lazy("photo", "Failed")
        # Its owner has paused it, or has still to say whether it is wanted.
        HELD = "held", pgettext_lazy("photo", "Paused")

    class Queue(models.TextChoices):
        # `waiting` sorts by these values, descending: a single photo goes first.
        INTERACTIVE = "interactive", _("Single photos")
        BULK = "bulk", _("Batches")

    class Stage(models.TextChoices):
        """The engine's stages, and the worker's own last one."""

        DECODE = "decode", _("Reading the photo")
        PREDICT = "predict", _("Finding the subject")
        REFINE = "refine", _("Following the edges")
        COMPOSITE = "composite", _("Cutting out")
        ENCODE = "encode", _("Writing the picture")
        STORE = "store", _("Putting it away")

    photo = models.OneToOneField("images.Photo", models.CASCADE, related_name="cutout")
    # What its sender wants of the engine; see `wishes`.
    options = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    queue = models.CharField(max_length=12, choices=Queue, default=Queue.INTERACTIVE)
    # In which round of the bulk queue it comes: everybody has one photo in each. Zero for single photos.
    turn = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=10, choices=Stage, blank=True)
    preview = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    # Of the file, so that an archive knows its own bytes ahead; null and empty for those of earlier releases.
    bytes = models.PositiveIntegerField(null=True, blank=True)
    crc32 = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    stage_seconds = models.JSONField(default=dict, blank=True)
    model = models.CharField(max_length=60, blank=True)
    weights_sha256 = models.CharField(max_length=64, blank=True)
    # The library that ran the model, its version and its precision.
    backend = models.CharField(max_length=60, blank=True)
    # The second network that was asked; empty where there was none.
    companion = models.CharField(max_length=60, blank=True)
    # How sure the network is of the mask, from 0 to 1; null for what was cut out before it was asked.
    confidence = models.FloatField(null=True, blank=True)
    # The box of what is visible: left, top, right, bottom; null for what was cut out before it was kept.
    subject = models.JSONField(null=True, blank=True)

    objects = CutoutQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "-queue", "turn", "queued_at"]),
            # Staff's list of those in one state.
            models.Index(fields=["status", "-queued_at"], name="cutout_newest_of_status"),
        ]

    @classmethod
    def tell(cls, pk: uuid.UUID) -> None:
        moves.announce(pk)

    def put_back(self, **fields: Any) -> bool:
        """In batches, too, where the line is one of rounds."""
        queued = Cutout.objects.filter(status=self.Status.QUEUED, queue=self.queue)
        last = queued.aggregate(models.Max("turn"))["turn__max"] or 0
        return super().put_back(turn=max(self.turn, last), stage="", **fields)

    @property
    def seconds(self) -> float | None:
        """How long the work took, without the wait."""
        if not (self.started_at and self.finished_at):
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def needs_a_look(self) -> bool:
        """Whether the network doubted its mask so much that a person should look."""
        return self.confidence is not None and self.confidence < NEEDS_A_LOOK

    @property
    def confidence_percent(self) -> int | None:
        return None if self.confidence is None else round(100 * self.confidence)

    def ahead(self) -> int:
        """How many photos come before this one while it waits."""
        earlier = models.Q(queue=self.queue, turn=self.turn, queued_at__lt=self.queued_at)
        earlier |= models.Q(queue=self.queue, turn__lt=self.turn)
        if self.queue == self.Queue.BULK:
            earlier |= models.Q(queue=self.Queue.INTERACTIVE)
        running = Cutout.objects.filter(status=self.Status.RUNNING).count()
        return running + Cutout.objects.waiting().filter(earlier).count()


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> Self:
        return self.filter(pulse_at__range=heard_between())

    def forgotten(self) -> Self:
        """Silent for so long that even a stopped clock does not explain it."""
        hour = timedelta(hours=1)
        return self.exclude(pulse_at__range=(timezone.now() - hour, timezone.now() + hour))

    def ready(self) -> Self:
        return self.alive().filter(problem="")


class Worker(models.Model):
    """A worker process and whether its engine is ready: how the web side knows, on any machine."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pulse_at = models.DateTimeField(db_default=Now())
    model = models.CharField(max_length=60, blank=True)
    weights_sha256 = models.CharField(max_length=64, blank=True)
    backend = models.CharField(max_length=60, blank=True)
    # The code of what keeps the engine from working; empty when it works.
    problem = models.CharField(max_length=40, blank=True)
    # Bytes of the process in memory; 0 where the system does not say.
    memory = models.PositiveBigIntegerField(default=0)

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
