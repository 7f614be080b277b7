"""What is in the gallery, or may be chosen for it, and the history of each owner's wish (promise P13)."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bgbegone.lib.appending import AppendOnly
from images.work.models import Cutout


class GalleryEntryQuerySet(models.QuerySet["GalleryEntry"]):
    def agreed(self) -> Self:
        """Those whose owner agrees now. A cut-out that was made anew since is another picture."""
        return self.filter(
            photo__expires_at__gt=timezone.now(),
            photo__owner__is_active=True,
            photo__cutout__status=Cutout.Status.DONE,
            photo__cutout__file=models.F("cutout_file"),
        ).select_related("photo__cutout")

    def shown(self) -> Self:
        """Those that everybody sees: agreed to by the owner, and chosen by staff."""
        return self.agreed().filter(shown_at__isnull=False)


class GalleryEntry(models.Model):
    """An owner's consent, as it stands: there is no row without one, and withdrawing it deletes the row.

    The key is in public addresses. It is not that of the photo, and a new consent has a new one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.OneToOneField("images.Photo", models.CASCADE, related_name="gallery_entry")
    # The version that was agreed to: whatever is done to the photo later stays at home.
    recipe = models.JSONField(default=dict, blank=True)
    cutout_file = models.CharField(max_length=200)
    # A name to stand below it, when its owner wants one.
    credit = models.CharField(_("name"), max_length=60, blank=True)
    agreed_at = models.DateTimeField(_("agreed"), default=timezone.now)
    shown_at = models.DateTimeField(_("shown since"), null=True, blank=True, db_index=True)

    objects = GalleryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture for the gallery")
        verbose_name_plural = _("pictures for the gallery")

    def __str__(self) -> str:
        return str(self.id)


class GalleryEvent(AppendOnly):
    """One step in the history of a picture in the gallery. The photo is named by its key alone, since it goes
    sooner than this note, which goes with the account.
    """

    class Kind(models.TextChoices):
        AGREED = "agreed", pgettext_lazy("gallery", "You agreed")
        WITHDRAWN = "withdrawn", pgettext_lazy("gallery", "You withdrew it")
        SHOWN = "shown", pgettext_lazy("gallery", "We chose it")
        TAKEN_DOWN = "taken-down", pgettext_lazy("gallery", "We took it out")
        DELETED = "deleted", pgettext_lazy("gallery", "The photo was deleted, and left the gallery")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="gallery_events")
    photo = models.UUIDField(_("photo"), db_index=True)
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind)
    # What was agreed to, as it was read: its version and the very words. Empty for all other steps.
    wording = models.CharField(_("version of the words"), max_length=20, blank=True)
    words = models.TextField(_("words"), blank=True)
    happened_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("step in the gallery")
        verbose_name_plural = _("steps in the gallery")
        ordering = ["happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.photo} {self.kind} {self.happened_at:%Y-%m-%d}"
