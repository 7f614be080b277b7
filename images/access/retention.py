"""Notes about looks at photos that were nobody's go after a year (promise P16)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from images.access.models import ImageAccess
from policy import retention


@retention.register(
    "looks-at-guests-photos", every=timedelta(days=1), what=_("Notes that our staff looked at guests' photos")
)
def _delete_old_looks() -> int:
    return ImageAccess.objects.delete_old_of_guests()
