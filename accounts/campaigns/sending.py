"""Sends campaigns: in small chunks, no faster than the operator allows, and to each person once.

Any number of senders may work at the same time, and any of them may be killed. A row of `Delivery`,
unique for person and campaign, is made before anything is sent. What a dead sender had not begun to
hand over is taken up by another. What it was handing over at that moment stays “unknown” and is never
sent again on its own: one mail too few can be made good, one too many cannot.
"""

import logging
import time
import uuid

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts.campaigns import messages, returns
from accounts.campaigns.courier import Courier, Outcome, ServerAway
from accounts.campaigns.models import MOST_ATTEMPTS, Campaign, Delivery
from accounts.mailing.models import EmailPreference
from accounts.mailing.suppression import suppressed_among

logger = logging.getLogger(__name__)

CHUNK = 50
# A chunk is sent well before a sender that says nothing counts as dead.
_CHUNK_SECONDS = 10

State = Delivery.State


def tick(seconds: float) -> None:
    """Start what is due, and send for at most about `seconds`. A mail server that is away is tried again
    at the next tick."""
    for campaign in Campaign.objects.due():
        campaign.move((Campaign.State.SCHEDULED,), Campaign.State.SENDING, started_at=timezone.now())
    Delivery.objects.filter(state=State.HANDING).silent().update(state=State.UNKNOWN)
    deadline = time.monotonic() + seconds
    for campaign in Campaign.objects.sending():
        try:
            _send(campaign, deadline)
        except ServerAway:
            logger.warning("mail server away", extra={"campaign": campaign.pk})
            return


def _send(campaign: Campaign, deadline: float) -> None:
    claim = uuid.uuid4()
    deliveries = _claim(campaign, claim)
    if not deliveries:
        _finish(campaign)
        return
    with Courier() as courier:
        while deliveries:
            for delivery in deliveries:
                _deliver(delivery, courier)
                time.sleep(60 / settings.MAIL_PER_MINUTE)
            goes_on = time.monotonic() < deadline and campaign.is_sending()
            deliveries = _claim(campaign, claim) if goes_on else []


def _claim(campaign: Campaign, claim: uuid.UUID) -> list[Delivery]:
    """The next few people, now ours: first those whom a dead sender left, then new ones."""
    size = max(1, min(CHUNK, settings.MAIL_PER_MINUTE * _CHUNK_SECONDS // 60))
    left = campaign.deliveries.filter(state=State.CLAIMED).silent()
    some = list(left.values_list("pk", flat=True)[:size])
    left.filter(pk__in=some).update(claim=claim, changed_at=timezone.now())
    fresh = _without_delivery(campaign)[: size - len(some)]
    Delivery.objects.bulk_create(
        [Delivery(campaign=campaign, user_id=pk, claim=claim) for pk in fresh],
        # Another sender may have chosen the same person a moment ago.
        ignore_conflicts=True,
    )
    ours = campaign.deliveries.filter(claim=claim, state=State.CLAIMED, attempts__lt=MOST_ATTEMPTS)
    return _without_suppressed(list(ours.select_related("campaign", "user__email_preference")))


def _without_suppressed(deliveries: list[Delivery]) -> list[Delivery]:
    """A preference that came in some other way than by the wish of its address counts for nothing."""
    preferences = {each.pk: getattr(each.user, "email_preference", None) for each in deliveries}
    addresses = {pk: preference.address for pk, preference in preferences.items() if preference}
    suppressed = suppressed_among(addresses.values())
    out = [pk for pk, address in addresses.items() if address in suppressed]
    Delivery.objects.filter(pk__in=out).update(state=State.SKIPPED, changed_at=timezone.now())
    return [delivery for delivery in deliveries if delivery.pk not in out]


def _without_delivery(campaign: Campaign) -> "QuerySet[EmailPreference, int]":
    has_one = Delivery.objects.filter(campaign=campaign, user=OuterRef("user"))
    people = campaign.audience().filter(~Exists(has_one)).order_by("pk")
    return people.values_list("user_id", flat=True)


def _deliver(delivery: Delivery, courier: Courier) -> None:
    try:
        outcome = courier.hand_over(messages.to_person(delivery), lambda: _pass_gate(delivery))
    except EmailPreference.DoesNotExist:
        outcome = None  # erased between the claim and now
    if outcome is None:
        _lay_down(delivery)
    else:
        _record(delivery, outcome)


def _pass_gate(delivery: Delivery) -> bool:
    """In one statement: still ours, still being sent, still wanted."""
    wanted = EmailPreference.objects.subscribed().values("user")
    still = Delivery.objects.filter(
        pk=delivery.pk,
        claim=delivery.claim,
        state=State.CLAIMED,
        campaign__in=Campaign.objects.sending(),
        user__in=wanted,
    )
    return still.update(state=State.HANDING, changed_at=timezone.now()) == 1


def _lay_down(delivery: Delivery) -> None:
    """Not sent: left out when the person has opted out, otherwise free for whoever resumes."""
    ours = Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim, state=State.CLAIMED)
    if EmailPreference.objects.subscribed().filter(user=delivery.user_id).exists():
        ours.delete()
    else:
        ours.update(state=State.SKIPPED, changed_at=timezone.now())


def _record(delivery: Delivery, outcome: Outcome) -> None:
    state = outcome.state
    if state == State.CLAIMED and delivery.attempts + 1 >= MOST_ATTEMPTS:
        state = State.FAILED
    Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(
        state=state,
        problem=outcome.problem,
        attempts=F("attempts") + 1,
        # Nobody's: whoever takes it up does so after the silence that a busy server is given.
        claim=uuid.uuid4(),
        changed_at=timezone.now(),
    )
    if state == State.BOUNCED:
        returns.count(delivery)
        returns.came_back(delivery, outcome.problem)


def _finish(campaign: Campaign) -> None:
    """Sent, when nobody is left and nothing is under way."""
    under_way = campaign.deliveries.filter(state__in=[State.CLAIMED, State.HANDING])
    if not under_way.exists() and not _without_delivery(campaign).exists():
        campaign.move((Campaign.State.SENDING,), Campaign.State.SENT, finished_at=timezone.now())
