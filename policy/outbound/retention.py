"""Old counts of outbound links go."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from policy import retention
from policy.models import OutboundLink


@retention.register("outbound-links", every=timedelta(days=1), what=_("Sums of links to other sites"))
def _delete_old_counts() -> int:
    return OutboundLink.objects.expired().delete()[0]
