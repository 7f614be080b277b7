"""What this room stores about people, why, and for how long (promise P2)."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from images.sharing.models import ShareLink
from policy.inventory import impersonal, personal

_LINK = format_lazy(
    _("until it expires or the photo goes: at most {hours} hours for guests, {days} days for members"),
    hours=settings.GUEST_LINK_HOURS,
    days=settings.MEMBER_LINK_DAYS,
)

personal(
    ShareLink,
    "photo",
    "digest",
    "seed",
    "created_at",
    "expires_at",
    "revoked_at",
    "downloads",
    "max_downloads",
    "password",
    "opened_at",
    "recipe",
    what=_(
        "Links to your result: a fingerprint of each and of its password, what it shows, its dates, how "
        "often it was used and when it was last opened, but not by whom"
    ),
    purpose=_("Opening the result to those who have the link, for as long as you want"),
    kept=_LINK,
)
impersonal(ShareLink, "id")
