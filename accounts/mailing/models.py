"""Who wants news by e-mail, and the history of that wish (promise P7)."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import names
from bgbegone.lib.appending import AppendOnly


class EmailPreferenceQuerySet(models.QuerySet["EmailPreference"]):
    def subscribed(self) -> Self:
        """Confirmed, for the address that the account has now, and an account that is open.

        Who changes the address is asked again: the new one has agreed to nothing.
        """
        return self.filter(
            state=EmailPreference.State.CONFIRMED,
            user__is_active=True,
            address=Lower("user__email"),
        )


class EmailPreference(models.Model):
    """Whether somebody wants news. No row means that nobody was ever asked, so: no."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for confirmation")
        CONFIRMED = "confirmed", _("Wants news")
        OPTED_OUT = "opted-out", _("Wants no news")

    # Named in links that people keep for years, so not a number that counts the members.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="email_preference")
    state = models.CharField(max_length=10, choices=State)
    # In lower case. The address that agreed, which need not be the account's any more.
    address = models.EmailField()
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = EmailPreferenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class EmailConsentEvent(AppendOnly):
    """One step in the history of a wish: what was agreed to or ended, in which words, when and how.

    No address and no IP: the person is the row's owner, and the row goes when the account is erased.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked for news")
        MOVED = "moved", _("The address changed, and the new one was asked")
        CONFIRMED = "confirmed", _("Confirmed by e-mail")
        OPTED_OUT = "opted-out", _("Opted out")
        UNDONE = "undone", _("Took the opt-out back")
        SUPPRESSED = "suppressed", _("Stopped, because news came back or were reported as unwanted")

    class How(models.TextChoices):
        SIGN_UP = "sign-up", pgettext_lazy("how", "At registration")
        ACCOUNT = "account", pgettext_lazy("how", "In the account")
        LINK = "link", pgettext_lazy("how", "Through the link in an e-mail")
        ONE_CLICK = "one-click", pgettext_lazy("how", "By the mail program’s own button")
        MAIL_SERVER = "mail-server", pgettext_lazy("how", "Reported by a mail server")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="email_consent_events")
    kind = models.CharField(max_length=10, choices=Kind)
    how = models.CharField(max_length=12, choices=How)
    # Which wording was agreed to; empty for what ends an agreement.
    wording = models.CharField(max_length=20, blank=True)
    # Why somebody left, when they wished to say so.
    reason = models.CharField(max_length=20, blank=True)
    happened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.happened_at:%Y-%m-%d}"


# A mailbox that is gone stays gone, or is somebody else's by then.
_RETURNS_KEPT = timedelta(days=2 * 365)
# Whoever called our news unwanted need not say so again.
_COMPLAINTS_KEPT = timedelta(days=5 * 365)


class SuppressedAddressQuerySet(models.QuerySet["SuppressedAddress"]):
    def of(self, *addresses: str) -> Self:
        return self.filter(digest__in=[each for address in addresses for each in digests_of(address)])

    def expired(self) -> Self:
        now = timezone.now()
        return self.filter(
            models.Q(reason=SuppressedAddress.Reason.RETURNED, suppressed_at__lt=now - _RETURNS_KEPT)
            | models.Q(reason=SuppressedAddress.Reason.UNWANTED, suppressed_at__lt=now - _COMPLAINTS_KEPT)
        )


class SuppressedAddress(models.Model):
    """An address that gets no news, because mail to it came back or was reported as unwanted.

    The address itself is not here, only what it becomes under the server's key. The row belongs to the
    address and not to an account, so it outlasts the account: whoever complained and left is not written to
    when the address comes in again some other way. Only its owner lifts it, by confirming a new wish.
    """

    class Reason(models.TextChoices):
        RETURNED = "returned", _("Mail came back")
        UNWANTED = "unwanted", _("Reported as unwanted")

    digest = models.CharField(primary_key=True, max_length=64)
    reason = models.CharField(max_length=10, choices=Reason)
    suppressed_at = models.DateTimeField(default=timezone.now)

    objects = SuppressedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address without news")
        verbose_name_plural = _("addresses without news")

    def __str__(self) -> str:
        return f"{self.reason} {self.suppressed_at:%Y-%m-%d}"


def digests_of(address: str) -> list[str]:
    """What an address becomes under the key of now, and after it under the keys of before."""
    plain = names.canonical_email(address)
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [
        salted_hmac("accounts.suppressed", plain, secret=key, algorithm="sha256").hexdigest() for key in keys
    ]
