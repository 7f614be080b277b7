"""News to many people, and the one delivery that each of them gets (promise P7)."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.campaigns import audiences
from accounts.mailing.models import EmailPreference

# A sender that has written nothing for so long is taken for dead.
SILENCE = timedelta(seconds=60)
MOST_ATTEMPTS = 5


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def due(self) -> Self:
        return self.filter(state=Campaign.State.SCHEDULED, scheduled_at__lte=timezone.now())

    def sending(self) -> Self:
        return self.filter(state=Campaign.State.SENDING)

    def with_progress(self) -> Self:
        """Adds how many deliveries there are in each state, as `sent`, `failed` and so on."""
        counts = {
            state.name.lower(): models.Count("deliveries", filter=Q(deliveries__state=state))
            for state in Delivery.State
        }
        return self.annotate(**counts)


class Campaign(models.Model):
    """One e-mail, written once, to everybody who wants news when their turn comes."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("campaign", "Draft")
        SCHEDULED = "scheduled", pgettext_lazy("campaign", "Scheduled")
        SENDING = "sending", pgettext_lazy("campaign", "Being sent")
        PAUSED = "paused", pgettext_lazy("campaign", "Paused")
        SENT = "sent", pgettext_lazy("campaign", "Sent")
        CANCELLED = "cancelled", pgettext_lazy("campaign", "Cancelled")

    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(
        _("text"),
        help_text=_(
            "Markdown. {{ name | there }} is the reader’s name, or “there” for who gave none; "
            "{{ username }} is the user name."
        ),
    )
    language = models.CharField(
        _("for whom"),
        max_length=10,
        choices=[("", _("everybody")), *settings.LANGUAGES],
        blank=True,
        help_text=_("People who agreed to news in this language."),
    )
    audience_name = models.CharField(_("of these"), max_length=20, choices=audiences.choices, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    scheduled_at = models.DateTimeField(_("scheduled for"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.subject

    @property
    def can_be_edited(self) -> bool:
        return self.state == self.State.DRAFT

    def audience(self) -> models.QuerySet[EmailPreference]:
        """Who would get it now. Asked anew for every chunk, so that a wish counts until the last moment."""
        people = EmailPreference.objects.subscribed()
        people = people.filter(language=self.language) if self.language else people
        return audiences.pick(self.audience_name, people) if self.audience_name else people

    def is_sending(self) -> bool:
        """Asked anew: staff may have stopped it a moment ago."""
        return Campaign.objects.sending().filter(pk=self.pk).exists()

    def move(self, old: tuple[str, ...], new: str, **fields: object) -> bool:
        """True when this call made the change, and not another one at the same time."""
        row = Campaign.objects.filter(pk=self.pk, state__in=old)
        return row.update(state=new, **fields) == 1


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def silent(self) -> Self:
        """Taken by a sender that has said nothing since."""
        return self.filter(changed_at__lt=timezone.now() - SILENCE)


class Delivery(models.Model):
    """One person's copy. That there is one row for each is what keeps anybody from getting two.

    `claimed`: a sender has it and may still lay it down. `handing`: on its way to the mail server, and from
    here on never sent again, whatever happens.
    """

    class State(models.TextChoices):
        CLAIMED = "claimed", pgettext_lazy("delivery", "Waiting")
        HANDING = "handing", pgettext_lazy("delivery", "Being handed over")
        SENT = "sent", pgettext_lazy("delivery", "Sent")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")
        SKIPPED = "skipped", pgettext_lazy("delivery", "Left out")
        UNKNOWN = "unknown", pgettext_lazy("delivery", "Unknown")
        BOUNCED = "bounced", pgettext_lazy("delivery", "Came back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.CLAIMED)
    claim = models.UUIDField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # The mail server's code, such as 550 or 5.1.1. Never its words: they repeat the address.
    problem = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "user"], name="delivery_once_per_person")]
        indexes = [models.Index(fields=["campaign", "state", "changed_at"])]

    def __str__(self) -> str:
        return str(self.id)
