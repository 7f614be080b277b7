"""Waiting for a result. A request that has to wait says so by an exception, and holds no thread then.

Whoever waits hands over what is to be done then, as a function that may be called again and again: it
answers, or raises `Paused` once more. The server puts the request aside in between (`bgbegone.lib.waiting`).
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bgbegone.lib.waiting import NotYet, Topic, note_of
from images.editing.models import Rendition
from images.work.models import Cutout

Job = Cutout | Rendition
Proceed = Callable[[], HttpResponseBase]

_KINDS: dict[str, type[Job]] = {"cutout": Cutout, "rendition": Rendition}
_ACTIVE = "active"


def _look(keys: Collection[tuple[str, UUID]]) -> Mapping[tuple[str, UUID], str]:
    """Those that are still being worked on; the others are over, or gone."""
    found: dict[tuple[str, UUID], str] = {}
    for kind, model in _KINDS.items():
        wanted = [pk for name, pk in keys if name == kind]
        if wanted:
            active = model.objects.active().filter(pk__in=wanted).values_list("pk", flat=True)
            found |= {(kind, pk): _ACTIVE for pk in active}
    return found


topic = Topic("api", _look)


class Paused(Exception):
    """The work on `job` is not over, and there is time left to wait for it."""

    def __init__(self, job: Job, seconds: float) -> None:
        super().__init__()
        self.job, self.seconds = job, seconds

    def answer(self, proceed: Proceed) -> NotYet:
        """Asks the server to put the request aside, and to go on with `proceed` then."""
        kind = "cutout" if isinstance(self.job, Cutout) else "rendition"
        note = _Note(proceed)
        return NotYet(topic, (kind, self.job.pk), seen=_ACTIVE, seconds=self.seconds, note=note)


@dataclass(frozen=True, slots=True)
class _Note:
    proceed: Proceed


def proceeding(request: HttpRequest) -> Proceed | None:
    """What a request that has waited goes on with; None for one that is new."""
    note = note_of(request)
    return note.proceed if isinstance(note, _Note) else None


class Patience:
    """Seconds that are shared by all the waits of one request."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def pause(self, job: Job) -> None:
        """Raises Paused for an active job while there is time; returns when it is over, or the time is."""
        left = self._end - time.monotonic()
        if job.is_active and left > 0:
            raise Paused(job, left)
