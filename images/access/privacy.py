"""What this room stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.access.models import ImageAccess
from policy.inventory import personal

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
