"""How far the work on a photo is, as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from images.work.failures import Failure
from images.work.models import Cutout, Worker

# A result should appear as soon as it is there; far back in the queue a slower look is enough.
_POLL_MS, _PATIENT_POLL_MS = 250, 1500
# How far into the queue one look goes to tell many their places.
_SEEN_AHEAD = 200


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


def progress_of(cutout: Cutout) -> Progress:
    """Where an active cut-out stands."""
    ahead = cutout.ahead() if cutout.status == Cutout.Status.QUEUED else 0
    engine_ready = Worker.objects.ready().exists()
    poll_ms = _PATIENT_POLL_MS if ahead > 2 or not engine_ready else _POLL_MS
    key = _key(cutout, ahead, engine_ready=engine_ready)
    return Progress(_stages(cutout.stage), ahead, engine_ready, poll_ms, key)


def _key(cutout: Cutout, ahead: int, *, engine_ready: bool) -> str:
    return f"{cutout.status}.{cutout.stage}.{ahead}.{engine_ready:d}"


def keys_of(cutouts: Iterable[Cutout]) -> dict[UUID, str]:
    """The key of each one's progress, for as many queries as for one: everybody asks this all the time."""
    rows = list(cutouts)
    is_any_queued = any(cutout.status == Cutout.Status.QUEUED for cutout in rows)
    places = _places() if is_any_queued else {}
    engine_ready = Worker.objects.ready().exists()
    return {cutout.pk: _key(cutout, _ahead(cutout, places), engine_ready=engine_ready) for cutout in rows}


def _places() -> dict[UUID, int]:
    """How many come before each of the first that wait, as `Cutout.ahead` counts."""
    running = Cutout.objects.filter(status=Cutout.Status.RUNNING).count()
    first = Cutout.objects.waiting().values_list("pk", flat=True)[:_SEEN_AHEAD]
    return {pk: running + number for number, pk in enumerate(first)}


def _ahead(cutout: Cutout, places: dict[UUID, int]) -> int:
    if cutout.status != Cutout.Status.QUEUED:
        return 0
    place = places.get(cutout.pk)
    return cutout.ahead() if place is None else place


def _stages(current: str) -> list[ShownStage]:
    """Every stage, those before `current` done; with no current one none has begun."""
    names = list(Cutout.Stage.values)
    at = names.index(current) if current else -1
    states = ["done" if i < at else "current" if i == at else "todo" for i in range(len(names))]
    labels = [str(stage.label) for stage in Cutout.Stage]
    return [ShownStage(label, state) for label, state in zip(labels, states, strict=True)]


def failure_of(cutout: Cutout) -> Failure | None:
    if cutout.status != Cutout.Status.FAILED:
        return None
    return Failure(cutout.error_code or "internal", cutout.error_params)
