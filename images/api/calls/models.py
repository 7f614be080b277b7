"""A request with an `Idempotency-Key`, and the answer that it got."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REPLAYED_FOR = timedelta(hours=24)
# A request that has not answered for so long died with its process, and may be sent again.
SILENCE = timedelta(minutes=15)


class ApiCallQuerySet(models.QuerySet["ApiCall"]):
    def expired(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - REPLAYED_FOR)


class ApiCall(models.Model):
    """Whoever makes the row does the work; `status` 0 says that it is under way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_calls")
    # Hashes: of the Idempotency-Key, and of what was asked.
    digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ApiCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call of the API")
        verbose_name_plural = _("calls of the API")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["owner", "digest"], name="api_call_once")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_under_way(self) -> bool:
        return self.status == 0

    @property
    def is_abandoned(self) -> bool:
        return self.is_under_way and self.created_at < timezone.now() - SILENCE
