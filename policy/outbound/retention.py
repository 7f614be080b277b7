"""Old counts of outbound links go."""

from datetime import timedelta

from policy import retention
from policy.models import OutboundLink


@retention.register("outbound-links", every=timedelta(days=1))
def _delete_old_counts() -> int:
    return OutboundLink.objects.expired().delete()[0]
