"""Links that are over go (promise P14)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from images.sharing.models import ShareLink
from policy import figures, retention


@retention.register("share-links", every=timedelta(minutes=5), what=_("Links that have expired"))
def _delete_expired_links() -> int:
    deleted = ShareLink.objects.expired().delete()[0]
    if deleted:
        figures.add("links.expired", deleted)
    return deleted
