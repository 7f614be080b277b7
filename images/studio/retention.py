"""Preparations that nobody uses any more go; they can be made again."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from images.studio import services
from images.studio.models import Preparation
from policy import retention


@retention.register("preparations", every=timedelta(hours=1), what=_("What the studio had prepared, unused"))
def _delete_unused() -> int:
    deleted = 0
    for preparation in Preparation.objects.unused(services.UNUSED).iterator():
        services.forget(preparation)
        deleted += 1
    return deleted
