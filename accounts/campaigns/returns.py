"""What becomes of an address when news to it come back, or are reported as unwanted (promise P7).

A delivery is named by 122 random bits in the Message-ID, which only its recipient and the mail servers on
the way have seen. Whoever can quote it could as well follow the opt-out link of that message: a forged
report stops nobody else's news.
"""

import re
import uuid

from accounts.campaigns.models import Delivery
from accounts.mailing.models import EmailPreference
from accounts.mailing.suppression import Reason, suppress
from policy import figures

# A full mailbox or a server's bad day is forgiven. So many copies in a row that came back are not.
MOST_RETURNS = 3

State = Delivery.State

# No such mailbox or domain, or one that was moved or closed (RFC 3463). Codes such as 5.7.1 speak of our
# server or of the text, and a bare 550 may: they would cost everybody's news on one bad day.
_GONE = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)")
_MESSAGE_ID = re.compile(r"\s*<?([0-9a-f]{32})@[^<>\s]+>?\s*")


def find(message_id: str) -> Delivery | None:
    """The delivery that a Message-ID names."""
    match = _MESSAGE_ID.fullmatch(message_id)
    return Delivery.objects.filter(pk=uuid.UUID(match[1])).first() if match else None


def came_back(delivery: Delivery, status: str) -> None:
    """Note that somebody's copy came back, and stop their news when the address is dead."""
    arrived = Delivery.objects.filter(pk=delivery.pk, state__in=[State.SENT, State.UNKNOWN])
    if arrived.update(state=State.BOUNCED, problem=status[:20]):
        count(delivery)
    preference = EmailPreference.objects.filter(user=delivery.user_id).first()
    if preference and (_GONE.fullmatch(status) or _always_comes_back(preference)):
        suppress(preference.address, Reason.RETURNED, told_about=delivery.changed_at)


def count(delivery: Delivery) -> None:
    """One more copy of this campaign that came back today."""
    figures.add(f"campaign.{delivery.campaign_id}.return")


def was_unwanted(delivery: Delivery) -> None:
    """The recipient has reported it to their mail provider."""
    preference = EmailPreference.objects.filter(user=delivery.user_id).first()
    if preference:
        suppress(preference.address, Reason.UNWANTED, told_about=delivery.changed_at)


def _always_comes_back(preference: EmailPreference) -> bool:
    """What came back before the wish was confirmed again is not counted."""
    since = Delivery.objects.filter(user=preference.user_id, changed_at__gte=preference.changed_at)
    ended = since.filter(state__in=[State.SENT, State.BOUNCED]).order_by("-changed_at")
    return list(ended.values_list("state", flat=True)[:MOST_RETURNS]) == [State.BOUNCED] * MOST_RETURNS
