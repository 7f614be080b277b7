"""A person's edits: found, and the files taken along. Bytes and rows go with the photo (promise P16)."""

from collections.abc import Iterator
from functools import partial

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.belongings import Bytes, Keeper, found_by, register
from accounts.models import User
from images.editing import grounds
from images.editing.models import Ground, Rendition


@found_by(Rendition)
def _renditions(user: User) -> "QuerySet[Rendition]":
    return Rendition.objects.filter(cutout__photo__owner=user)


def _files(user: User) -> Iterator[Bytes]:
    done = _renditions(user).filter(status=Rendition.Status.DONE).select_related("cutout__photo")
    for rendition in done.order_by("cutout__photo__created_at", "queued_at"):
        photo = rendition.cutout.photo
        folder = f"photos/{photo.created_at:%Y-%m-%d}-{photo.id}"
        name = f"{folder}/edited-{rendition.digest[:8]}.{rendition.extension}"
        yield Bytes(name, partial(default_storage.open, rendition.file))


register(Keeper("renditions", _("Files made by your edits"), files=_files))


def _pictures(user: User) -> Iterator[Bytes]:
    for ground in Ground.objects.filter(owner=user).order_by("created_at"):
        folder = f"backgrounds/{ground.created_at:%Y-%m-%d}-{ground.id}"
        yield Bytes(f"{folder}/{ground.name or 'picture'}", partial(default_storage.open, ground.file))


def _erase(user: User) -> int:
    pictures = list(Ground.objects.filter(owner=user))
    for ground in pictures:
        grounds.delete(ground)
    return len(pictures)


register(Keeper("grounds", _("Background pictures"), files=_pictures, erase=_erase))
