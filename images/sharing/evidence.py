"""Live figures beside the clauses of the policy that links keep."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from images.photos.models import Photo
from images.sharing.models import ShareLink
from policy import figures
from policy.evidence import Figure, register


@register("P14")
def _links() -> Iterator[Figure]:
    yield Figure(_("Links that open something now"), ShareLink.objects.open().count())
    yield Figure(_("Links withdrawn by their owners"), figures.total("links.withdrawn"))
    yield Figure(_("Links expired and deleted"), figures.total("links.expired"))


@register("P15")
def _private() -> Iterator[Figure]:
    linked = Photo.objects.filter(is_private=True, links__isnull=False)
    yield Figure(_("of them with a link that their owner made later"), linked.distinct().count())
