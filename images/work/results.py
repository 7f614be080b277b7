"""What else happens when a result, or a failure, becomes known: the rooms above register it here."""

from collections.abc import Callable
from dataclasses import dataclass

from images.work.models import Cutout


@dataclass(frozen=True, slots=True)
class Result:
    """A cut-out whose row has just been moved to done, and the name of its photo's small picture."""

    cutout: Cutout
    source_preview: str


Handler = Callable[[Result], None]

_handlers: list[Handler] = []


def on_done(handler: Handler) -> Handler:
    """Decorate a function that is called within the transaction that makes a result known."""
    _handlers.append(handler)
    return handler


OnFailure = Callable[[Cutout, str], None]

_failure_handlers: list[OnFailure] = []


def on_failure(handler: OnFailure) -> OnFailure:
    """Decorate a function that is called when a job has failed for good, with the code of why."""
    _failure_handlers.append(handler)
    return handler


def announce_failure(cutout: Cutout, code: str) -> None:
    for handler in _failure_handlers:
        handler(cutout, code)


def announce(result: Result) -> None:
    for handler in _handlers:
        handler(result)
