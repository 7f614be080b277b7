"""Links that show a batch to a customer, and what the customer says about it."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.batches.models import Batch, Item
from images.sharing.capability import Capability, digest_of

LONGEST_REMARK = 1000


class BatchLinkQuerySet(models.QuerySet["BatchLink"]):
    def open(self) -> Self:
        """Neither expired, nor revoked, nor of a batch that is over."""
        now = timezone.now()
        return self.filter(expires_at__gt=now, revoked_at__isnull=True, batch__expires_at__gt=now)

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def with_token(self, token: str) -> Self:
        return self.open().filter(digest=digest_of(token)).select_related("batch")


class BatchLink(Capability):
    """Opens the results of a batch to whoever has it: to look at, to take along, and to judge if allowed."""

    salt = "images.BatchLink"
    route = "shared_batch"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="links")
    may_review = models.BooleanField(default=False)

    objects = BatchLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a batch")
        verbose_name_plural = _("links to batches")
        ordering = ["-created_at"]

    @classmethod
    def issue(cls, batch: Batch, lifetime: timedelta, *, may_review: bool) -> Self:
        """A new link, not yet saved."""
        return cls(batch=batch, expires_at=timezone.now() + lifetime, may_review=may_review).sealed()


def longest_life(batch: Batch) -> timedelta:
    """How long a new link may live: as long as one to a single photo of the same owner."""
    if batch.owner_id:
        return timedelta(days=settings.MEMBER_LINK_DAYS)
    return timedelta(hours=settings.GUEST_LINK_HOURS)


class Remark(models.Model):
    """What a customer says about one photo; who it was, only the link tells."""

    class Verdict(models.TextChoices):
        NONE = "", pgettext_lazy("photo", "No answer")
        ACCEPTED = "accepted", pgettext_lazy("photo", "Accepted")
        REJECTED = "rejected", pgettext_lazy("photo", "Rejected")

    link = models.ForeignKey(BatchLink, models.CASCADE, related_name="remarks")
    item = models.ForeignKey(Item, models.CASCADE, related_name="remarks")
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.NONE, blank=True)
    text = models.CharField(max_length=LONGEST_REMARK, blank=True)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        constraints = [models.UniqueConstraint(fields=["link", "item"], name="remark_once_by_link")]

    def __str__(self) -> str:
        return str(self.pk)
