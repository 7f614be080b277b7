"""What this room stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.photos.models import Photo
from images.work.kept import AS_LONG_AS_THE_PHOTO
from policy.inventory import impersonal, personal

personal(
    Photo,
    "file",
    "preview",
    "name",
    "format",
    "width",
    "height",
    "bytes",
    "sha256",
    what=_("The photo that you sent, a small picture of it, its name, size and fingerprint"),
    purpose=_("Cutting it out, and showing it to you"),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    Photo,
    "owner",
    "guest",
    "is_private",
    "created_at",
    "expires_at",
    what=_("Whose photo it is (for guests a random number), whether it is private, and its dates"),
    purpose=_(
        "Showing it to you alone, and deleting it in time; whether you have photos here may also decide "
        "which of our news you get, if you want news"
    ),
    kept=AS_LONG_AS_THE_PHOTO,
)
impersonal(Photo, "id", "submission")
