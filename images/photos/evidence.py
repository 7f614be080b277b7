"""Live figures beside the clauses of the policy that photos keep."""

from collections.abc import Iterator

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from images.photos.models import Photo
from policy import figures
from policy.evidence import Figure, register


@register("P13")
def _place() -> Iterator[Figure]:
    is_disk = isinstance(default_storage, FileSystemStorage)
    yield Figure(_("Where pictures lie"), _("on our own disk") if is_disk else _("in a store on the network"))


@register("P15")
def _private() -> Iterator[Figure]:
    yield Figure(_("Private photos held now"), Photo.objects.filter(is_private=True).count())


@register("P16")
def _deleted() -> Iterator[Figure]:
    yield Figure(_("Photos held now"), Photo.objects.count())
    yield Figure(_("Photos deleted"), figures.total("photos.deleted"))
    last = Photo.objects.aggregate(last=Max("expires_at"))["last"]
    yield Figure(_("The last of those held now goes at the latest"), last)
    yield Figure(_("Days for which backups are kept"), settings.BACKUP_DAYS)
