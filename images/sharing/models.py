"""Links that show a result to whoever has them."""

import hashlib
import secrets
import uuid
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from images.photos.making import maker
from images.photos.models import Photo
from policy import figures

TOKEN_BYTES = 24  # 192 bits; promise P14 asks for at least 128


def _seed() -> bytes:
    return secrets.token_bytes(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What is stored of a token, to find its row."""
    return hashlib.sha256(token.encode()).hexdigest()


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def open(self) -> Self:
        """Neither expired, nor revoked, nor used up."""
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


class ShareLink(models.Model):
    """A capability: the token opens the result, the database does not reveal the token.

    The token is a keyed hash of the row's random seed. The key is the server's secret, so that a copy
    of the database opens nothing, while the owner's page can show the link again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey("images.Photo", models.CASCADE, related_name="links")
    seed = models.BinaryField(default=_seed, max_length=TOKEN_BYTES)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    downloads = models.PositiveIntegerField(default=0)
    max_downloads = models.PositiveIntegerField(null=True, blank=True)
    # What it shows, as it stood when the link was made: whatever is done to the photo later stays at home.
    recipe = models.JSONField(default=dict, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def issue(cls, photo: Photo, lifetime: timedelta, max_downloads: int | None = None) -> Self:
        """A new link to the photo's result as it stands now, not yet saved."""
        link = cls(
            photo=photo,
            recipe=maker().current(photo),
            expires_at=timezone.now() + lifetime,
            max_downloads=max_downloads,
        )
        link.digest = digest_of(link._derive())
        return link

    def _derive(self) -> str:
        mac = salted_hmac("images.ShareLink", bytes(self.seed), algorithm="sha256")
        return urlsafe_b64encode(mac.digest()[:TOKEN_BYTES]).decode()

    @property
    def token(self) -> str | None:
        """The token, or None when the server's secret has changed since: the link still opens then."""
        token = self._derive()
        return token if digest_of(token) == self.digest else None

    @property
    def url(self) -> str | None:
        """The address to pass on, or None when the token cannot be shown any more."""
        token = self.token
        return settings.SITE_URL + reverse("shared", args=[token]) if token else None

    @property
    def downloads_left(self) -> int | None:
        return None if self.max_downloads is None else self.max_downloads - self.downloads

    def count_download(self) -> bool:
        """Use up one download; False when another request took the last one."""
        open_row = ShareLink.objects.open().filter(pk=self.pk)
        return open_row.update(downloads=models.F("downloads") + 1) == 1

    def revoke(self) -> None:
        unrevoked = ShareLink.objects.filter(pk=self.pk, revoked_at__isnull=True)
        if unrevoked.update(revoked_at=timezone.now()):
            figures.add("links.withdrawn")
