"""Questions are welcome: how many came, and how many were answered (promise P1)."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from policy import evidence
from policy.evidence import Figure
from policy.models import ContactMessage


@evidence.register("P1")
def _messages() -> Iterator[Figure]:
    counted = ContactMessage.objects.aggregate(
        all=Count("pk"),
        answered=Count("pk", filter=~Q(answered_at=None)),
        waiting=Count("pk", filter=Q(state=ContactMessage.State.NEW)),
    )
    yield Figure(_("Messages from the contact form in the past twelve months"), counted["all"])
    yield Figure(_("of them answered"), counted["answered"])
    yield Figure(_("of them waiting for an answer"), counted["waiting"])
