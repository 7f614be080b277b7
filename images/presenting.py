"""Rows put into the words and figures that the pages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext

from images.failures import Failure
from images.forms import Rejected, UploadForm
from images.models import Cutout, Worker

# A result should appear as soon as it is there; far back in the queue a slower look is enough.
_POLL_MS, _PATIENT_POLL_MS = 250, 1500


@dataclass(frozen=True, slots=True)
class ShownLimits:
    megabytes: int
    megapixels: int
    files: int


def limits() -> ShownLimits:
    return ShownLimits(settings.MAX_UPLOAD_MB, settings.MAX_MEGAPIXELS, settings.MAX_FILES_PER_UPLOAD)


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


@dataclass(frozen=True, slots=True)
class ShownStage:
    """`state` is “done”, “current” or “todo”."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    stages: list[ShownStage]
    ahead: int
    engine_ready: bool
    poll_ms: int
    key: str  # the same as long as there is nothing new to show


def progress(cutout: Cutout) -> Progress:
    """Where an active cut-out stands."""
    ahead = cutout.ahead() if cutout.status == Cutout.Status.QUEUED else 0
    engine_ready = Worker.objects.ready().exists()
    poll_ms = _PATIENT_POLL_MS if ahead > 2 or not engine_ready else _POLL_MS
    key = f"{cutout.status}.{cutout.stage}.{ahead}.{engine_ready:d}"
    return Progress(_stages(cutout.stage), ahead, engine_ready, poll_ms, key)


def _stages(current: str) -> list[ShownStage]:
    """Every stage, those before `current` done; with no current one none has begun."""
    names = list(Cutout.Stage.values)
    at = names.index(current) if current else -1
    states = ["done" if i < at else "current" if i == at else "todo" for i in range(len(names))]
    labels = [str(stage.label) for stage in Cutout.Stage]
    return [ShownStage(label, state) for label, state in zip(labels, states, strict=True)]


def failure(cutout: Cutout) -> Failure | None:
    if cutout.status != Cutout.Status.FAILED:
        return None
    return Failure(cutout.error_code or "internal", cutout.error_params)
