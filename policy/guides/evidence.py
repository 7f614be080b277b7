"""What guides make of page views (promise P9)."""

from collections.abc import Iterator

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from policy import evidence
from policy.evidence import Figure
from policy.guides.models import SMALLEST_GROUP, Guide, GuideStep


@evidence.register("P9")
def _guides() -> Iterator[Figure]:
    yield Figure(_("Guides"), Guide.objects.published().values("slug").distinct().count())
    steps = GuideStep.objects.aggregate(total=Sum("count"))["total"]
    yield Figure(_("Steps from one guide to another in the past 90 days"), steps or 0)
    yield Figure(_("Readers who must have taken a step before it is suggested"), SMALLEST_GROUP)
