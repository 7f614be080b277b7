"""What staff do with a campaign. Every move is guarded, so that two people, or two clicks, do it once."""

from datetime import datetime

from django.utils import timezone

from accounts.campaigns import links, messages, placeholders
from accounts.campaigns.models import Campaign, Delivery
from accounts.models import User

State = Campaign.State


def problems_of(campaign: Campaign) -> list[str]:
    """What has to be put right before it is sent, in sentences."""
    unfilled = filter(None, map(placeholders.problem_of, (campaign.subject, campaign.body)))
    return list(unfilled) or [f"{tried.url}: {tried.said}" for tried in links.dead(campaign)]


def schedule(campaign: Campaign, at: datetime | None = None) -> bool:
    """Send a draft at a moment, now by default."""
    return campaign.move((State.DRAFT,), State.SCHEDULED, scheduled_at=at or timezone.now())


def back_to_draft(campaign: Campaign) -> bool:
    """Not yet begun: it can be written on."""
    return campaign.move((State.SCHEDULED,), State.DRAFT, scheduled_at=None)


def pause(campaign: Campaign) -> bool:
    """The message that is being handed over at this moment still goes, and no other."""
    return campaign.move((State.SENDING,), State.PAUSED)


def resume(campaign: Campaign) -> bool:
    return campaign.move((State.PAUSED,), State.SENDING)


def cancel(campaign: Campaign) -> bool:
    """Whoever has no mail yet gets none."""
    return campaign.move(
        (State.SCHEDULED, State.SENDING, State.PAUSED), State.CANCELLED, finished_at=timezone.now()
    )


def send_trial(campaign: Campaign, user: User, language: str) -> None:
    """The real mail, to the member of staff who asks for it. Raises OSError or SMTPException."""
    messages.to_staff(campaign, user, language).send()


def send_unknown_again(campaign: Campaign) -> int:
    """For those of whom nobody knows whether they got it: a person decides to risk a second copy.

    Not after the campaign was cancelled, which was a decision, too.
    """
    if not Campaign.objects.filter(
        pk=campaign.pk, state__in=[State.SENDING, State.PAUSED, State.SENT]
    ).exists():
        return 0
    unknown = campaign.deliveries.filter(state=Delivery.State.UNKNOWN)
    number = unknown.delete()[0]
    campaign.move((State.SENT,), State.SENDING, finished_at=None)
    return number
