"""Which other sites our pages have led to (promise P12)."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policy import evidence
from policy.evidence import Figure
from policy.models import OutboundLink


@evidence.register("P12")
def _notices() -> Iterator[Figure]:
    month = OutboundLink.objects.filter(day__gt=timezone.localdate() - timedelta(days=30))
    counted = month.aggregate(sites=Count("host", distinct=True), notices=Sum("notices"))
    yield Figure(_("Other sites to which a link was followed in the past 30 days"), counted["sites"])
    yield Figure(_("Notices shown before another site in the past 30 days"), counted["notices"] or 0)
