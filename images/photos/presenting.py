"""Rows put into the words and figures that the pages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext

from images.photos.forms import Rejected, UploadForm
from images.work.failures import Failure


@dataclass(frozen=True, slots=True)
class ShownLimits:
    megabytes: int
    megapixels: int
    files: int  # in one plain form
    batch: int


def limits() -> ShownLimits:
    return ShownLimits(
        settings.MAX_UPLOAD_MB,
        settings.MAX_MEGAPIXELS,
        settings.MAX_FILES_PER_UPLOAD,
        settings.MAX_FILES_PER_BATCH,
    )


def keeps(request: HttpRequest) -> str:
    """How long this visitor's photos stay, in words."""
    if request.user.is_authenticated:
        days = settings.MEMBER_PHOTO_DAYS
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    hours = settings.GUEST_PHOTO_HOURS
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


@dataclass(frozen=True, slots=True)
class WholeRejected:
    """Why a whole upload was refused; its name is empty, where that of a file would stand."""

    reason: str
    name: str = ""


def rejections(form: UploadForm) -> list[WholeRejected | Rejected]:
    """What was wrong with an upload; empty for a form that has not been sent."""
    whole = [WholeRejected(str(error)) for errors in form.errors.values() for error in errors]
    return [*whole, *form.rejected]


def stored_rejections(rows: Iterable[tuple[str, str, dict[str, Any]]]) -> list[Rejected]:
    return [Rejected(name, Failure(code, params)) for name, code, params in rows]
