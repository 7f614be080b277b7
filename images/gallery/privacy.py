"""What this room stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.gallery.models import GalleryEntry, GalleryEvent
from policy.inventory import impersonal, personal

personal(
    GalleryEntry,
    "photo",
    "recipe",
    "credit",
    "agreed_at",
    "shown_at",
    what=_("Which picture of yours may be in the gallery, in which version, and the name below it"),
    purpose=_("Showing to everybody what you have agreed to show"),
    kept=_("until you withdraw your consent or the photo is deleted"),
)
impersonal(GalleryEntry, "id", "cutout_file")
personal(
    GalleryEvent,
    "user",
    "photo",
    "kind",
    "wording",
    "words",
    "happened_at",
    what=_("When you agreed to show a picture, in which words, and what became of it"),
    purpose=_("Proving your consent, and showing you its history"),
    kept=_("as long as the account"),
)
