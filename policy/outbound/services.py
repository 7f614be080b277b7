"""Counting where our pages send people."""

from django.db.models import F
from django.utils import timezone

from policy.models import OutboundLink


def count_notice(host: str) -> None:
    """One more opening of the notice before a site, today."""
    where = {"day": timezone.localdate(), "host": host}
    if OutboundLink.objects.filter(**where).update(notices=F("notices") + 1):
        return
    _, is_new = OutboundLink.objects.get_or_create(**where, defaults={"notices": 1})
    if not is_new:  # another process made the row between the two statements
        OutboundLink.objects.filter(**where).update(notices=F("notices") + 1)
