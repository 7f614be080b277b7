"""Mail that waits to be sent. The row is the truth, the queue only a bell."""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

# A link in a mail works for days, but whoever waits for one has given up by then.
GIVEN_UP_AFTER = timedelta(days=2)
# A process that was killed while it sent has lost its claim after this.
CLAIM = timedelta(minutes=2)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self) -> Self:
        return self.filter(try_at__lte=timezone.now()).order_by("try_at")

    def given_up(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - GIVEN_UP_AFTER)


class OutgoingMail(models.Model):
    """One message, gone as soon as the mail server has it.

    It is encrypted: it holds an address and often a link that opens an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    try_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = OutgoingMailQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)

    def claim(self) -> bool:
        """Only one process may send it; False when another one was faster."""
        now = timezone.now()
        due = OutgoingMail.objects.filter(pk=self.pk, try_at__lte=now)
        return due.update(try_at=now + CLAIM, attempts=models.F("attempts") + 1) == 1

    def postpone(self) -> None:
        """Try again later, and later still each time: after 30 seconds, 1, 2, 4 … minutes, an hour."""
        self.refresh_from_db(fields=["attempts"])
        wait = timedelta(seconds=15) * 2 ** min(self.attempts, 8)
        OutgoingMail.objects.filter(pk=self.pk).update(try_at=timezone.now() + wait)
