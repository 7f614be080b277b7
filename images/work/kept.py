"""How long a photo and all that is made from it stay, in words for the inventory."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

AS_LONG_AS_THE_PHOTO = format_lazy(
    _("{hours} hours for guests, {days} days for members, or until you delete the photo"),
    hours=settings.GUEST_PHOTO_HOURS,
    days=settings.MEMBER_PHOTO_DAYS,
)
