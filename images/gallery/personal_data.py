"""Whoever closes an account shows nothing to others from that moment on (promise P16)."""

from django.utils.translation import gettext_lazy as _

from accounts.belongings import Keeper, register
from accounts.models import User
from images.gallery import services
from images.photos.models import Photo


def _withdraw(user: User) -> int:
    photos = Photo.objects.filter(owner=user, gallery_entry__isnull=False)
    return sum(services.withdraw(photo) for photo in photos)


register(Keeper("gallery", _("Pictures in the gallery"), withdraw=_withdraw))
