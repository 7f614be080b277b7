"""Who wants news by e-mail, and the history of that wish (promise P7)."""

import uuid
from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class AppendOnly(models.QuerySet[Any]):
    """Rows can be added, and go only with the person they belong to."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("Events are deleted with their person only.")


class EmailConsentEvent(models.Model):
    """One step in the history of a wish: what was agreed to or ended, in which words, when and how.

    No address and no IP: the person is the row's owner, and the row goes when the account is erased.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked for news")
        CONFIRMED = "confirmed", _("Confirmed by e-mail")
        OPTED_OUT = "opted-out", _("Opted out")
        UNDONE = "undone", _("Took the opt-out back")
        SUPPRESSED = "suppressed", _("Stopped, because mail came back")

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

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.happened_at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are deleted with their person only.")
