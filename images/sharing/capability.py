"""What a link is, whatever it opens: a token that nobody can guess and the database does not reveal (P14)."""

import hashlib
import secrets
import uuid
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from policy import erasures, figures

TOKEN_BYTES = 24  # 192 bits; promise P14 asks for at least 128


def new_seed() -> bytes:
    return secrets.token_bytes(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What is stored of a token, to find its row."""
    return hashlib.sha256(token.encode()).hexdigest()


class Capability(models.Model):
    """A capability: the token opens something, the database does not reveal the token.

    The token is a keyed hash of the row's random seed. The key is the server's secret, so that a copy
    of the database opens nothing, while the owner's page can show the link again.
    """

    # Names the kind of link: a token of one kind is none of another.
    salt: ClassVar[str]
    # The name of the address that it opens.
    route: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seed = models.BinaryField(default=new_seed, max_length=TOKEN_BYTES)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # The hash of a password of its own; empty where the link alone opens.
    password = models.CharField(max_length=128, blank=True)
    # When, and not by whom.
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)

    def sealed(self) -> Self:
        """The same link, with the hash by which it is found; before it is saved."""
        self.digest = digest_of(self._derive())
        return self

    def _derive(self) -> str:
        mac = salted_hmac(self.salt, bytes(self.seed), algorithm="sha256")
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
        return settings.SITE_URL + reverse(self.route, args=[token]) if token else None

    def locked(self, password: str) -> Self:
        """The same link, which asks for this password unless it is empty; before it is saved."""
        self.password = make_password(password) if password else ""
        return self

    def note_opened(self) -> None:
        """To the minute: a page and its pictures are one time, and written once."""
        now = timezone.now()
        if self.opened_at is None or self.opened_at < now - timedelta(minutes=1):
            type(self)._default_manager.filter(pk=self.pk).update(opened_at=now)

    def revoke(self) -> None:
        unrevoked = type(self)._default_manager.filter(pk=self.pk, revoked_at__isnull=True)
        if unrevoked.update(revoked_at=timezone.now()):
            erasures.note(self)
            figures.add("links.withdrawn")
