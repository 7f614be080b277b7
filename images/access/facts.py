"""What staff see of a photo without looking at it. Its file name may say who is on it, so it is masked."""

from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bgbegone.lib import masks
from bgbegone.lib.words import Words
from images.photos.models import Photo
from images.work.failures import Failure


def whose(photo: Photo) -> str:
    return photo.owner.username if photo.owner else _("guest")


def standing(photo: Photo) -> str:
    """The state, with the stage of work under way, the code of what went wrong, or a doubt."""
    cutout = photo.cutout
    more = {
        cutout.Status.FAILED: cutout.error_code,
        cutout.Status.RUNNING: cutout.get_stage_display(),
        cutout.Status.DONE: _("needs a look") if cutout.needs_a_look else "",
    }
    return " · ".join(filter(None, [cutout.get_status_display(), more.get(cutout.Status(cutout.status), "")]))


def is_doubtful(photo: Photo) -> bool:
    return photo.cutout.status == photo.cutout.Status.DONE and photo.cutout.needs_a_look


def trouble(photo: Photo) -> str:
    """What its owner is told of a failure."""
    cutout = photo.cutout
    if cutout.status != cutout.Status.FAILED:
        return ""
    # A photo that was deleted before its turn has none.
    return Failure(cutout.error_code or "internal", cutout.error_params).sentence


def pixels(photo: Photo) -> str:
    return f"{photo.width} × {photo.height}"


def weight(photo: Photo) -> str:
    return str(filesizeformat(photo.bytes))


def engine(photo: Photo) -> str:
    networks = " + ".join(filter(None, [photo.cutout.model, photo.cutout.companion]))
    return " · ".join(filter(None, [networks, photo.cutout.backend]))


def confidence(photo: Photo) -> str:
    percent = photo.cutout.confidence_percent
    return "" if percent is None else f"{percent} %"


def seconds(photo: Photo) -> str:
    taken = photo.cutout.seconds
    return "" if taken is None else f"{number_format(taken, 1)} s"


def moment(at: datetime) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


def of(photo: Photo) -> list[tuple[Words, str]]:
    """Label and value, for the page of one photo."""
    return [
        (_("Owner"), whose(photo)),
        (_("Visibility"), _("private") if photo.is_private else _("with a link")),
        (_("State"), standing(photo)),
        (_("What its owner is told"), trouble(photo)),
        (_("Size"), f"{pixels(photo)}, {weight(photo)}"),
        (_("Format"), photo.format),
        (_("File name, masked"), masks.file_name(photo.name)),
        (_("Sent"), moment(photo.created_at)),
        (_("Deleted at the latest"), moment(photo.expires_at)),
        (_("Model"), engine(photo)),
        (_("Confidence"), confidence(photo)),
        (_("Work"), seconds(photo)),
    ]
