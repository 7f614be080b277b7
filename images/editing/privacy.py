"""What this room stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.editing.models import Edit, Ground, Preset, Rendition, Version
from images.work.kept import AS_LONG_AS_THE_PHOTO
from policy.inventory import impersonal, personal

personal(
    Rendition,
    "cutout",
    "recipe",
    "file",
    "preview",
    "width",
    "height",
    "bytes",
    "crc32",
    "sha256",
    "checks",
    "last_used_at",
    what=_("Files made from your cut-out: what was done to it, the file with its size and fingerprint"),
    purpose=_("Giving you the picture as you want it, without making it twice"),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    Rendition,
    "status",
    "queue",
    "attempts",
    "pulse_at",
    "queued_at",
    "started_at",
    "finished_at",
    "error_code",
    "error_params",
    what=_("How the making of such a file went"),
    purpose=_("Telling you how far it is, and finding out what went wrong"),
    kept=AS_LONG_AS_THE_PHOTO,
)
impersonal(Rendition, "id", "claim", "digest")
personal(
    Edit,
    "photo",
    "recipe",
    "revision",
    "changed_at",
    what=_("What you have done to a cut-out: strokes, background, size"),
    purpose=_("Letting you go on with it, on any of your devices"),
    kept=AS_LONG_AS_THE_PHOTO,
)
impersonal(Edit, "id")
personal(
    Version,
    "photo",
    "number",
    "name",
    "recipe",
    "created_at",
    what=_("Versions of an edit that you kept, with their names"),
    purpose=_("Letting you go back to them"),
    kept=AS_LONG_AS_THE_PHOTO,
)
impersonal(Version, "id")
personal(
    Preset,
    "owner",
    "name",
    "recipe",
    "is_default",
    "created_at",
    what=_("Presets that you made, with their names"),
    purpose=_("Doing the same to your other photos"),
    kept=_("until you delete them or close the account"),
)
impersonal(Preset, "id")
personal(
    Ground,
    "owner",
    "guest",
    "file",
    "name",
    "mime",
    "width",
    "height",
    "bytes",
    "created_at",
    "expires_at",
    what=_("Pictures that you put behind your photos, with their names, sizes and dates"),
    purpose=_("Putting them behind your photos"),
    kept=AS_LONG_AS_THE_PHOTO,
)
impersonal(Ground, "id")
