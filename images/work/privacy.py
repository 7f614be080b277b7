"""What this room stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.work.kept import AS_LONG_AS_THE_PHOTO
from images.work.models import Cutout, Worker
from policy.inventory import impersonal, personal

personal(
    Cutout,
    "photo",
    "file",
    "preview",
    "width",
    "height",
    "subject",
    "bytes",
    "crc32",
    "sha256",
    what=_("The finished cut-out and a small picture of it"),
    purpose=_("Giving it to you"),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    Cutout,
    "queued_at",
    "started_at",
    "finished_at",
    "status",
    "queue",
    "turn",
    "stage",
    "attempts",
    "pulse_at",
    "error_code",
    "error_params",
    "options",
    "stage_seconds",
    "confidence",
    what=_("How the work on your photo went"),
    purpose=_("Telling you how far it is, and finding out what went wrong"),
    kept=AS_LONG_AS_THE_PHOTO,
)
impersonal(Cutout, "id", "claim")
impersonal(Cutout, "model", "companion", "weights_sha256", "backend")
impersonal(Worker, "id", "model", "weights_sha256", "backend", "problem")
