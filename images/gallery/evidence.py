"""Live figures beside the clause of the policy on the use of pictures."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from images.gallery.models import GalleryEntry, GalleryEvent
from policy.evidence import Figure, register


@register("P13")
def _gallery() -> Iterator[Figure]:
    yield Figure(
        _("Pictures in the gallery, each with its owner’s consent"), GalleryEntry.objects.shown().count()
    )
    withdrawn = GalleryEvent.objects.filter(kind=GalleryEvent.Kind.WITHDRAWN)
    yield Figure(_("Consents withdrawn"), withdrawn.count())
