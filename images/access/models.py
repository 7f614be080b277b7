"""When staff have looked at a picture (promise P13)."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bgbegone.lib.appending import AppendOnly, AppendOnlyQuerySet
from bgbegone.lib.words import Words

# With nobody's account to go with, a note stays as long as this.
GUESTS_KEPT = timedelta(days=365)


class ImageAccessQuerySet(AppendOnlyQuerySet):
    def of(self, photo: uuid.UUID) -> Self:
        return self.filter(photo=photo)

    def adopt(self, user: User, photos: "models.QuerySet[models.Model]") -> int:
        """What was noted about a guest's photos is the member's to read, as the photos are."""
        nobodys = self.filter(user=None, photo__in=photos.order_by().values("pk"))
        return models.QuerySet.update(nobodys, user=user)

    def delete_old_of_guests(self) -> int:
        old = self.filter(user=None, seen_at__lt=timezone.now() - GUESTS_KEPT)
        return models.QuerySet.delete(old)[0]


class ImageAccess(AppendOnly):
    """One look, with its reason. The owner reads it.

    The photo is named by its key alone, since it goes sooner than this note. A note about a member's photo
    goes with the account; one about a guest's says that somebody looked, and nothing of whose it was.
    """

    class Reason(models.TextChoices):
        FAULT = "fault", _("The owner told us of a fault")
        ABUSE = "abuse", _("Somebody reported it as abuse")
        LAW = "law", _("The law demands it")
        FAILURE = "failure", _("Finding out why the work on it failed")
        OTHER = "other", _("Another reason")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="image_looks",
        verbose_name=_("owner"),
    )
    photo = models.UUIDField(_("photo"), db_index=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("looked"), default=timezone.now)

    objects = ImageAccessQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("picture opened by staff")
        verbose_name_plural = _("pictures opened by staff")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d} {self.reason}"

    @property
    def in_words(self) -> Words:
        """The reason as the owner reads it."""
        label = self.Reason(self.reason).label
        return format_lazy("{}: {}", label, self.note) if self.note else label
