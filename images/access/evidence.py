"""A live figure beside the clause of the policy on the use of pictures."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.access.models import ImageAccess
from policy.evidence import Figure, register


@register("P13")
def _looks() -> Iterator[Figure]:
    recent = ImageAccess.objects.filter(seen_at__gte=timezone.now() - timedelta(days=365))
    yield Figure(_("Times that our staff looked at somebody's picture in the last year"), recent.count())
