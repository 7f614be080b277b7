"""What this app stores about people, why, and for how long (promise P2)."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from images.models import Cutout, ImageAccess, Photo, ShareLink, Worker
from policy.inventory import impersonal, personal

_PHOTO = format_lazy(
    _("{hours} hours for guests, {days} days for members, or until you delete the photo"),
    hours=settings.GUEST_PHOTO_HOURS,
    days=settings.MEMBER_PHOTO_DAYS,
)
_LINK = format_lazy(
    _("until it expires or the photo goes: at most {hours} hours for guests, {days} days for members"),
    hours=settings.GUEST_LINK_HOURS,
    days=settings.MEMBER_LINK_DAYS,
)

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
    kept=_PHOTO,
)
personal(
    Photo,
    "owner",
    "guest",
    "is_private",
    "created_at",
    "expires_at",
    what=_("Whose photo it is (for guests a random number), whether it is private, and its dates"),
    purpose=_("Showing it to you alone, and deleting it in time"),
    kept=_PHOTO,
)
personal(
    Cutout,
    "photo",
    "file",
    "preview",
    "width",
    "height",
    what=_("The finished cut-out and a small picture of it"),
    purpose=_("Giving it to you"),
    kept=_PHOTO,
)
personal(
    Cutout,
    "queued_at",
    "started_at",
    "finished_at",
    "status",
    "queue",
    "stage",
    "attempts",
    "pulse_at",
    "error_code",
    "error_params",
    "stage_seconds",
    "confidence",
    what=_("How the work on your photo went"),
    purpose=_("Telling you how far it is, and finding out what went wrong"),
    kept=_PHOTO,
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
    what=_("Links to your result: a fingerprint of each, its dates, and how often it was used"),
    purpose=_("Opening the result to those who have the link, for as long as you want"),
    kept=_LINK,
)
personal(
    ImageAccess,
    "user",
    "by",
    "photo",
    "reason",
    "note",
    "seen_at",
    what=_("When our staff looked at a picture of yours, and why"),
    purpose=_("Showing it to you"),
    kept=_("as long as the account; for guests, 12 months without saying whose picture it was"),
)

# Random numbers that lead to a row and to nobody.
impersonal(Photo, "id", "submission")
impersonal(Cutout, "id", "claim")
impersonal(ShareLink, "id")
# The machines' own: which program with which weights.
impersonal(Cutout, "model", "weights_sha256", "backend")
impersonal(Worker, "id", "model", "weights_sha256", "backend", "problem")
