"""Where somebody wants to be told, and each message with what became of it."""

import base64
import secrets
import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bgbegone.lib import sealing

# While a secret changes, messages are signed with both.
ROTATION = timedelta(hours=24)
# A sender that was killed has lost its claim after this; longer than any receiver is waited for.
CLAIM = timedelta(minutes=2)
KEPT = timedelta(days=30)
_SECRET_BYTES = 32


class Event(models.TextChoices):
    CUTOUT_DONE = "cutout.done", _("A cut-out is ready")
    CUTOUT_FAILED = "cutout.failed", _("A cut-out has failed")


TEST = "webhook.test"


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _sealed_secret() -> str:
    return sealing.seal(new_secret())


def _all_events() -> list[str]:
    return list(Event.values)


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def open(self) -> Self:
        return self.filter(is_enabled=True, owner__is_active=True, owner__closing__isnull=True)


class Webhook(models.Model):
    """An address that is told about the owner's photos."""

    class Stopped(models.TextChoices):
        NONE = "", ""
        OWNER = "owner", _("Switched off")
        GONE = "gone", _("Its server said that it is gone for good")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    address = models.CharField(_("Address"), max_length=2000)
    events = models.JSONField(default=_all_events)
    # Encrypted, since messages are signed with it.
    sealed = models.TextField(default=_sealed_secret)
    sealed_before = models.TextField(blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    is_enabled = models.BooleanField(default=True)
    stopped = models.CharField(max_length=10, choices=Stopped, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def secret(self) -> str:
        """Raises sealing.Unreadable when the server's key has changed since."""
        return sealing.unseal(self.sealed)

    @property
    def secrets(self) -> list[str]:
        """What messages are signed with now: one, or two while it changes."""
        is_changing = self.rotated_at is not None and self.rotated_at > timezone.now() - ROTATION
        before = [sealing.unseal(self.sealed_before)] if is_changing and self.sealed_before else []
        return [self.secret, *before]

    def rotate(self) -> None:
        self.sealed_before, self.sealed, self.rotated_at = self.sealed, _sealed_secret(), timezone.now()
        self.save(update_fields=["sealed", "sealed_before", "rotated_at"])

    def switch(self, *, on: bool, why: str = "") -> None:
        Webhook.objects.filter(pk=self.pk).update(is_enabled=on, stopped="" if on else why)


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self) -> Self:
        """Whoever is locked out or leaving is told nothing: theirs wait, and are never due."""
        is_time = models.Q(state=WebhookDelivery.State.WAITING, try_at__lte=timezone.now())
        return self.filter(is_time, webhook__in=Webhook.objects.open())

    def expired(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT)


class WebhookDelivery(models.Model):
    """One message. Its id is the same for every try, so that a receiver knows a repetition."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    try_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Of the last try: the receiver's status, or the code of why there is none.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=20, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a webhook")
        verbose_name_plural = _("messages to webhooks")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "try_at"]), models.Index(fields=["webhook", "-created_at"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def message_id(self) -> str:
        return f"msg_{self.id.hex}"

    def claim(self) -> bool:
        """Only one process may send it; False when another one was faster."""
        now = timezone.now()
        due = WebhookDelivery.objects.filter(pk=self.pk, state=self.State.WAITING, try_at__lte=now)
        return due.update(try_at=now + CLAIM, attempts=models.F("attempts") + 1) == 1

    def replay(self) -> None:
        """Send it once more, with the same id."""
        WebhookDelivery.objects.filter(pk=self.pk).update(
            state=self.State.WAITING, try_at=timezone.now(), attempts=0
        )

    def note(self, **facts: Any) -> None:
        WebhookDelivery.objects.filter(pk=self.pk).update(**facts)
