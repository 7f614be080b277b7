"""What this room stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.studio.models import Preparation
from images.work.kept import AS_LONG_AS_THE_PHOTO
from policy.inventory import impersonal, personal

personal(
    Preparation,
    "cutout",
    "kind",
    "of",
    "file",
    "result",
    "last_used_at",
    what=_("Your photo in small squares, and what a network has seen in it"),
    purpose=_("Letting you mend a cut-out by hand and by clicks"),
    kept=_("Two days after you last used it, or as long as the photo"),
)
personal(
    Preparation,
    "status",
    "attempts",
    "pulse_at",
    "queued_at",
    "started_at",
    "finished_at",
    "error_code",
    "error_params",
    what=_("How the making of these went"),
    purpose=_("Telling you how far it is, and finding out what went wrong"),
    kept=AS_LONG_AS_THE_PHOTO,
)
impersonal(Preparation, "id", "claim")
