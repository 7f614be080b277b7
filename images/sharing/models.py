"""Links that show a result to whoever has them."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.photos.making import maker
from images.photos.models import Photo
from images.sharing.capability import TOKEN_BYTES, Capability, digest_of
from images.sharing.capability import new_seed as _seed

__all__ = ["TOKEN_BYTES", "ShareLink", "_seed", "digest_of"]  # the first migration knows `_seed` by this name


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def open(self) -> Self:
        """Valid, and of a photo that is still kept: one that was deleted, or whose time is over, is seen by
        nobody, even while its bytes wait for their turn to be deleted."""
        return self.valid().filter(photo__expires_at__gt=timezone.now())

    def valid(self) -> Self:
        """Neither expired, nor revoked, nor used up, as the row itself says."""
        unlimited = models.Q(max_downloads__isnull=True)
        return self.filter(
            unlimited | models.Q(downloads__lt=models.F("max_downloads")),
            expires_at__gt=timezone.now(),
            revoked_at__isnull=True,
        )

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def with_token(self, token: str) -> Self:
        """One indexed look-up of a hash, whatever is wrong with the token."""
        return self.open().filter(digest=digest_of(token)).select_related("photo__cutout")


class ShareLink(Capability):
    """A link to one result."""

    salt = "images.ShareLink"
    route = "shared"

    photo = models.ForeignKey("images.Photo", models.CASCADE, related_name="links")
    downloads = models.PositiveIntegerField(default=0)
    max_downloads = models.PositiveIntegerField(null=True, blank=True)
    # What it shows, as it stood when the link was made: whatever is done to the photo later stays at home.
    recipe = models.JSONField(default=dict, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a result")
        verbose_name_plural = _("links to results")
        ordering = ["-created_at"]

    @classmethod
    def issue(cls, photo: Photo, lifetime: timedelta, max_downloads: int | None = None) -> Self:
        """A new link to the photo's result as it stands now, not yet saved; it ends with the photo at the
        latest."""
        return cls(
            photo=photo,
            recipe=maker().current(photo),
            expires_at=min(timezone.now() + lifetime, photo.expires_at),
            max_downloads=max_downloads,
        ).sealed()

    @property
    def downloads_left(self) -> int | None:
        return None if self.max_downloads is None else self.max_downloads - self.downloads

    def count_download(self) -> bool:
        """Use up one download; False when another request took the last one."""
        # The row alone, without its photo: of two at once, the second one looks again at what it waited for.
        row = ShareLink.objects.valid().filter(pk=self.pk)
        return row.update(downloads=models.F("downloads") + 1) == 1
