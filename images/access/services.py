"""Noting that staff look at a picture, and the few minutes for which that opens it."""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction

from accounts.models import User
from images.access.models import ImageAccess
from images.photos.models import Photo
from policy import figures

LASTS = timedelta(minutes=5)
LOOKED_AT = "photos.looked-at"

_SALT = "images.access"


def pictures_of(photo: Photo) -> dict[str, str]:
    """The small pictures that there are, by name, with where they lie in the store."""
    both = {"original.webp": photo.preview, "cutout.webp": photo.cutout.preview}
    return {name: stored for name, stored in both.items() if stored}


def look(pk: UUID, *, by: User, reason: str, note: str = "") -> ImageAccess:
    """Note the look. To be called before anything is shown. Raises Photo.DoesNotExist.

    The row of the photo is held meanwhile, so that it neither goes nor gets another owner.
    """
    with transaction.atomic():
        photo = Photo.objects.select_for_update().get(pk=pk)
        noted: ImageAccess = ImageAccess.objects.create(
            by=by, user_id=photo.owner_id, photo=photo.pk, reason=reason, note=note
        )
        figures.add(LOOKED_AT)
    return noted


def key_to(noted: ImageAccess) -> str:
    """What stands in the address of a picture: it opens this photo to this member of staff, for a while."""
    return signing.dumps([noted.pk, noted.by_id], salt=_SALT)


def opens(key: str, *, by: int | None, photo: UUID) -> bool:
    try:
        pk, looker = signing.loads(key, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return False
    return bool(looker == by and ImageAccess.objects.filter(pk=pk, by=by, photo=photo).exists())
