"""A key of the API. The row finds and checks it; the key itself is shown once and kept nowhere."""

import hashlib
import hmac
import secrets
import string
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policy import erasures

# Letters and digits only, so that a double click selects all of it. 44 of them are 261 bits.
_ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH, _SECRET_LENGTH = 8, 36
_LIVE, _SANDBOX = "bbg_", "bbgtest_"


def new_secret(*, is_sandbox: bool) -> str:
    letters = (secrets.choice(_ALPHABET) for _ in range(PREFIX_LENGTH + _SECRET_LENGTH))
    return (_SANDBOX if is_sandbox else _LIVE) + "".join(letters)


def prefix_of(secret: str) -> str:
    """The letters by which a key's row is found, and its owner recognises it."""
    return secret.removeprefix(_SANDBOX).removeprefix(_LIVE)[:PREFIX_LENGTH]


def digest_of(secret: str) -> str:
    """Keyed with a secret of its own: a new SECRET_KEY ends no key, a copy of the database opens nothing."""
    pepper = settings.API_KEY_PEPPER.encode()
    return hmac.new(pepper, secret.encode(errors="replace"), hashlib.sha256).hexdigest()


class Scope(models.TextChoices):
    """What a key may do; the value is the name of its field without `may_`."""

    CUT_OUT = "cut_out", _("Cut out")
    READ = "read", _("Read")
    DELETE = "delete", _("Delete")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def open(self) -> Self:
        """Neither withdrawn nor expired; nobody who is locked out or leaving has an open key."""
        endless = models.Q(expires_at__isnull=True)
        return self.filter(
            endless | models.Q(expires_at__gt=timezone.now()),
            revoked_at__isnull=True,
            owner__is_active=True,
            owner__closing__isnull=True,
        )

    def over(self) -> Self:
        """Of no use to anybody any more."""
        ended = models.Q(revoked_at__isnull=False) | models.Q(expires_at__lte=timezone.now())
        return self.filter(ended)


class ApiKey(models.Model):
    """A program's right to act for a member."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("Name"), max_length=80)
    prefix = models.CharField(max_length=PREFIX_LENGTH, unique=True)
    digest = models.CharField(max_length=64)
    may_cut_out = models.BooleanField(_("Cut out"), default=True)
    may_read = models.BooleanField(_("Read"), default=True)
    may_delete = models.BooleanField(_("Delete"), default=False)
    # Marks its results with a watermark and uses up no limit.
    is_sandbox = models.BooleanField(_("Sandbox"), default=False)
    # The owner's own bound below that of the server; null leaves that alone.
    megapixels_per_minute = models.PositiveIntegerField(null=True, blank=True)
    megapixels_per_day = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def shown_prefix(self) -> str:
        return (_SANDBOX if self.is_sandbox else _LIVE) + self.prefix

    @property
    def state(self) -> str:
        """“open”, “expired” or “revoked”."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= timezone.now() else "open"

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    def allows(self, scope: Scope) -> bool:
        return bool(getattr(self, f"may_{scope.value}"))

    @property
    def scopes(self) -> list[Scope]:
        return [scope for scope in Scope if self.allows(scope)]

    def revoke(self) -> bool:
        """False when it was withdrawn already."""
        unrevoked = ApiKey.objects.filter(pk=self.pk, revoked_at__isnull=True)
        if unrevoked.update(revoked_at=timezone.now()) == 0:
            return False
        erasures.note(self)
        return True

    def note_use(self) -> None:
        """The day alone, and one write a day."""
        today = timezone.localdate()
        if self.used_on != today:
            ApiKey.objects.filter(pk=self.pk).update(used_on=today)
            self.used_on = today
