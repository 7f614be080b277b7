"""Taking one's data along, leaving, and the receipt for it (promise P16)."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EXPORT_KEPT = timedelta(days=7)
# A package that nobody has written on for so long was being made by a process that died.
SILENCE = timedelta(minutes=15)
RECEIPT_KEPT = timedelta(days=365)


class AccountExportQuerySet(models.QuerySet["AccountExport"]):
    def waiting(self) -> Self:
        """Asked for and not begun, or begun by a process that is gone."""
        dead = models.Q(state=AccountExport.State.BUILDING, changed_at__lt=timezone.now() - SILENCE)
        return self.filter(models.Q(state=AccountExport.State.ASKED) | dead).order_by("asked_at")

    def expired(self) -> Self:
        return self.filter(asked_at__lt=timezone.now() - EXPORT_KEPT)


class AccountExport(models.Model):
    """A package with everything that is held about somebody."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting")
        BUILDING = "building", _("Being packed")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    asked_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    file = models.CharField(max_length=200, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)

    objects = AccountExportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["asked", "building"]),
                name="one_export_under_way",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    def claim(self) -> bool:
        """Only one process may pack it; False when another one was faster."""
        waiting = AccountExport.objects.waiting().order_by().filter(pk=self.pk)
        return waiting.update(state=self.State.BUILDING, changed_at=timezone.now()) == 1


class AccountClosing(models.Model):
    """Somebody wants to leave. Until `erase_at` they can come back; then everything goes."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="closing")
    receipt = models.OneToOneField("accounts.DeletionReceipt", models.PROTECT, related_name="closing")
    asked_at = models.DateTimeField(default=timezone.now)
    erase_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.erase_at:%Y-%m-%d}"


class DeletionReceipt(models.Model):
    """What was erased and when; not whose it was. Found by a code that only the person has."""

    digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=timezone.now)
    erase_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    # How many things of each kind: {"photos": 3}.
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"

    @classmethod
    def issue(cls, erase_at: datetime) -> tuple[Self, str]:
        """A new receipt and its code, which is stored nowhere."""
        code = secrets.token_urlsafe(18)
        return cls.objects.create(digest=digest_of(code), erase_at=erase_at), code


def digest_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
