"""Renditions that nobody asks for any more go; they can be made again."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from images.editing import services
from images.editing.models import Rendition
from policy import retention


@retention.register("renditions", every=timedelta(hours=1), what=_("Files made by edits, not used any more"))
def _delete_unused() -> int:
    deleted = 0
    for rendition in Rendition.objects.unused(timedelta(days=settings.RENDITION_DAYS)).iterator():
        services.forget(rendition)
        deleted += 1
    return deleted
