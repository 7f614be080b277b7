"""What the studio needs of a photo before a hand can be laid on it, and the job that makes it."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.work.job import Job, JobQuerySet


class PreparationQuerySet(JobQuerySet["Preparation"]):
    def waiting(self) -> Self:
        return self.filter(status=Preparation.Status.QUEUED).order_by("queued_at", "pk")


class Preparation(Job):
    """Something that a worker makes of a cut-out for the studio; `file` or `result` holds what came out."""

    noun = "preparation"

    class Kind(models.TextChoices):
        SHEETS = "sheets", _("Squares to look at")
        EMBEDDING = "embedding", _("What clicks are answered from")
        BOX = "box", _("What the network sees in a box")

    cutout = models.ForeignKey("images.Cutout", models.CASCADE, related_name="preparations")
    kind = models.CharField(max_length=10, choices=Kind)
    # The box, as “left-top-right-bottom”; empty for what there is one of.
    of = models.CharField(max_length=60, blank=True)
    last_used_at = models.DateTimeField(default=timezone.now, db_index=True)
    result = models.JSONField(default=dict, blank=True)

    objects = PreparationQuerySet.as_manager()

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        constraints = [models.UniqueConstraint(fields=["cutout", "kind", "of"], name="preparation_once")]
