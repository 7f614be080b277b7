"""What the studio needs of a photo before a hand can be laid on it, and the job that makes it."""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.work.models import SILENCE


class PreparationQuerySet(models.QuerySet["Preparation"]):
    def waiting(self) -> Self:
        return self.filter(status=Preparation.Status.QUEUED).order_by("queued_at", "pk")

    def silent(self) -> Self:
        """Running, but the worker has stopped writing its pulse."""
        return self.filter(status=Preparation.Status.RUNNING, pulse_at__lt=timezone.now() - SILENCE)

    def unused(self, since: timedelta) -> Self:
        """Over, and wanted by nobody for so long. They can be made again at any time."""
        over = [Preparation.Status.DONE, Preparation.Status.FAILED]
        return self.filter(status__in=over, last_used_at__lt=timezone.now() - since)


class Preparation(models.Model):
    """Something that a worker makes of a cut-out for the studio; `file` or `result` holds what came out."""

    class Kind(models.TextChoices):
        SHEETS = "sheets", _("Squares to look at")
        EMBEDDING = "embedding", _("What clicks are answered from")
        BOX = "box", _("What the network sees in a box")

    class Status(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("photo", "Waiting")
        RUNNING = "running", pgettext_lazy("photo", "Working")
        DONE = "done", pgettext_lazy("photo", "Ready")
        FAILED = "failed", pgettext_lazy("photo", "Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cutout = models.ForeignKey("images.Cutout", models.CASCADE, related_name="preparations")
    kind = models.CharField(max_length=10, choices=Kind)
    # The box, as “left-top-right-bottom”; empty for what there is one of.
    of = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Who is working on it: a worker that lost its claim may no longer write the result.
    claim = models.UUIDField(null=True, blank=True)
    pulse_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now, db_index=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    file = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict, blank=True)

    objects = PreparationQuerySet.as_manager()

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        constraints = [models.UniqueConstraint(fields=["cutout", "kind", "of"], name="preparation_once")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_active(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE
