"""Counters of use, in megapixels: one row a key for the minute, and one a key and day."""

from datetime import date
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiMeter(models.Model):
    """The minute under way of a key."""

    key = models.OneToOneField("images.ApiKey", models.CASCADE, related_name="meter", primary_key=True)
    minute = models.PositiveBigIntegerField(default=0)  # since 1970
    megapixels = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key_id} {self.minute}"


class ApiUse(models.Model):
    """What a key was used for on one day: figures, and nothing of what was sent."""

    key = models.ForeignKey("images.ApiKey", models.CASCADE, related_name="uses")
    day = models.DateField()
    calls = models.PositiveIntegerField(_("calls"), default=0)
    megapixels = models.PositiveIntegerField(_("megapixels"), default=0)
    refusals = models.PositiveIntegerField(_("refused for a limit"), default=0)

    class Meta:
        verbose_name = _("use of the API on a day")
        verbose_name_plural = _("uses of the API by day")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="api_use_once_a_day")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.day:%Y-%m-%d}"

    @classmethod
    def of_day(cls, key_id: UUID, day: date) -> "models.QuerySet[ApiUse]":
        """The row of a day, made if there is none yet."""
        rows = cls.objects.filter(key=key_id, day=day)
        if not rows.exists():
            ApiUse.objects.bulk_create([ApiUse(key_id=key_id, day=day)], ignore_conflicts=True)
        return rows


class ApiCharge(models.Model):
    """What a photo has used up, and where it goes back to if nothing comes of it."""

    photo = models.OneToOneField("images.Photo", models.CASCADE, related_name="charge", primary_key=True)
    key = models.ForeignKey("images.ApiKey", models.CASCADE, related_name="charges")
    megapixels = models.PositiveIntegerField()
    minute = models.PositiveBigIntegerField()
    day = models.DateField()

    def __str__(self) -> str:
        return str(self.photo_id)
