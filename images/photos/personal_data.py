"""A person's pictures: taken along, and erased (promise P16)."""

from collections.abc import Iterator
from functools import partial

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from accounts.belongings import Bytes, Keeper, register
from accounts.models import User
from images.photos import services
from images.photos.models import Photo


def _files(user: User) -> Iterator[Bytes]:
    for photo in Photo.objects.filter(owner=user).select_related("cutout").order_by("created_at"):
        folder = f"photos/{photo.created_at:%Y-%m-%d}-{photo.id}"
        yield Bytes(f"{folder}/original/{photo.name or 'photo'}", partial(default_storage.open, photo.file))
        if photo.cutout.is_done:
            yield Bytes(f"{folder}/cutout.png", partial(default_storage.open, photo.cutout.file))


def _erase(user: User) -> int:
    photos = list(Photo.objects.filter(owner=user))
    for photo in photos:
        services.delete_photo(photo)
    return len(photos)


register(
    Keeper(
        "photos",
        _("Photos, with their results and links"),
        files=_files,
        erase=_erase,
    )
)
