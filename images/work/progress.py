"""How far the work on a photo is, as its page shows it."""

from dataclasses import dataclass

from images.work.failures import Failure
from images.work.models import Cutout, Worker

# A result should appear as soon as it is there; far back in the queue a slower look is enough.
_POLL_MS, _PATIENT_POLL_MS = 250, 1500


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
    key = f"{cutout.status}.{cutout.stage}.{ahead}.{engine_ready:d}"
    return Progress(_stages(cutout.stage), ahead, engine_ready, poll_ms, key)


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
