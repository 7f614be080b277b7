"""A photo: what somebody sent."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.photos.owners import OwnedQuerySet, has_one_owner


class PhotoQuerySet(OwnedQuerySet["Photo"]):
    """Photos by whose they are."""


class Photo(models.Model):
    """What somebody sent, with everything made from it in the folder `photos/<id>/`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="photos"
    )
    guest = models.UUIDField(null=True, blank=True)
    # With the content's hash, what tells a double click from a second photo.
    submission = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    preview = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    is_private = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["guest", "-created_at"]),
            # Staff's list: all of them.
            models.Index(fields=["-created_at", "-id"], name="photo_newest"),
        ]
        constraints = [
            has_one_owner("photo"),
            models.UniqueConstraint(
                fields=["owner", "submission", "sha256"],
                name="photo_once_per_submission_of_owner",
            ),
            models.UniqueConstraint(
                fields=["guest", "submission", "sha256"],
                name="photo_once_per_submission_of_guest",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def link_lifetime(self) -> timedelta:
        """How long a new link to the result lives."""
        if self.owner_id:
            return timedelta(days=settings.MEMBER_LINK_DAYS)
        return timedelta(hours=settings.GUEST_LINK_HOURS)
