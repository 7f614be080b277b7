"""Live figures beside the clauses of the policy that images keep."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.engine.networks import catalogue
from images.models import ImageAccess, Photo, ShareLink, Worker
from policy import figures
from policy.evidence import Figure, register


@register("P13")
def _use() -> Iterator[Figure]:
    yield Figure(_("Model that cuts out, on our own disk"), settings.MODEL)
    yield Figure(_("Licence of the model"), catalogue.choose(settings.MODEL).licence)
    is_disk = isinstance(default_storage, FileSystemStorage)
    yield Figure(_("Where pictures lie"), _("on our own disk") if is_disk else _("in a store on the network"))
    yield Figure(_("Workers that are ready"), Worker.objects.ready().count())
    recent = ImageAccess.objects.filter(seen_at__gte=timezone.now() - timedelta(days=365))
    yield Figure(_("Times that our staff looked at somebody's picture in the last year"), recent.count())


@register("P14")
def _links() -> Iterator[Figure]:
    links = ShareLink.objects.all()
    yield Figure(_("Links that open something now"), links.open().count())
    yield Figure(_("Links withdrawn by their owners"), figures.total("links.withdrawn"))
    yield Figure(_("Links expired and deleted"), figures.total("links.expired"))


@register("P15")
def _private() -> Iterator[Figure]:
    private = Photo.objects.filter(is_private=True)
    yield Figure(_("Private photos held now"), private.count())
    yield Figure(
        _("of them with a link that their owner made later"),
        private.filter(links__isnull=False).distinct().count(),
    )


@register("P16")
def _deleted() -> Iterator[Figure]:
    yield Figure(_("Photos held now"), Photo.objects.count())
    yield Figure(_("Photos deleted"), figures.total("photos.deleted"))
    last = Photo.objects.aggregate(last=Max("expires_at"))["last"]
    yield Figure(_("The last of those held now goes at the latest"), last)
