"""What this room stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.batches.links import BatchLink, Remark
from images.batches.models import Batch, Item, Upload
from images.work.kept import AS_LONG_AS_THE_PHOTO
from policy.inventory import impersonal, personal

personal(
    Batch,
    "owner",
    "guest",
    "name",
    "language",
    "is_private",
    "created_at",
    "expires_at",
    what=_("Photos that were sent together: whose they are, the folder's name, and their dates"),
    purpose=_("Showing them to you together, and deleting them in time"),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    Batch,
    "twins",
    "recipe",
    "preset",
    "names",
    "wants_mail",
    "mailed_at",
    "paused_at",
    "cancelled_at",
    "change",
    what=_("What you want done with a batch"),
    purpose=_("Doing it, and writing to you when it is done if you want that"),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    Item,
    "batch",
    "photo",
    "number",
    "path",
    "size",
    "modified",
    "sha256",
    what=_("The files of a batch: folder, name, size, time of the last change, and fingerprint"),
    purpose=_(
        "Sending only what is missing after an interruption, and giving results the names of your files"
    ),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    Item,
    "fate",
    "confidence",
    "error_code",
    "error_params",
    "verdict",
    "reviewed_at",
    "taken_at",
    "is_due",
    "change",
    what=_("How far each photo of a batch is, and what you decided about it"),
    purpose=_("Showing it to you, and packing the archive that you want"),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    Upload,
    "batch",
    "item",
    "size",
    "offset",
    "pieces",
    "metadata",
    "created_at",
    "expires_at",
    "claimed_at",
    "finished_at",
    what=_("Files on their way: the pieces that have arrived, and the name that your browser gave"),
    purpose=_("Going on after an interruption where the file stands"),
    kept=_("until the photo is complete, or less than a day after the last piece"),
)
personal(
    BatchLink,
    "batch",
    "digest",
    "seed",
    "created_at",
    "expires_at",
    "revoked_at",
    "may_review",
    "password",
    "opened_at",
    what=_(
        "Links to a batch: a fingerprint of each and of its password, its dates, and when it was last "
        "opened, but not by whom"
    ),
    purpose=_("Opening the results to those who have the link, for as long as you want"),
    kept=_("until the link expires, or the batch goes"),
)
personal(
    Remark,
    "link",
    "item",
    "verdict",
    "text",
    "said_at",
    what=_("What somebody with a link said about a photo; not who it was"),
    purpose=_("Telling it to whoever made the link"),
    kept=_("until the link expires, or the photo goes"),
)
impersonal(BatchLink, "id")
impersonal(Batch, "id", "submission")
impersonal(Item, "id")
impersonal(Upload, "id")
