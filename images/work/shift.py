"""A worker's shift: two photos in hand, so that one is read or written while the network works on the other.

The network takes all cores, for one photo at a time (`InTurn`). What stands around it leaves cores idle:
reading and writing a file, asking the database, waiting for the store. While one hand does that, the other
one has the network. A claim, its pulse and its time limit belong to a photo, whichever hand has it.
"""

import ctypes
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.db import connections, models
from numpy.typing import NDArray

from images import engine
from images.engine.errors import ModelUnavailable
from images.work import bell, jobs, worker
from images.work.failures import TooSlow
from images.work.models import Cutout

logger = logging.getLogger(__name__)

HANDS = 2
# No photo is begun later than this, so that a worker that is asked to stop does so soon.
SECONDS = 10
_LOOK_SECONDS = 0.05
# An idle hand asks for every kind of job, which is six questions to the database: not so often.
_IDLE_SECONDS = 0.2
# Memory grows with the pixels in hand: a photo of 50 megapixels needs 1.4 GB and is worked on alone.
_MOST_PIXELS = 24_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """Something claimed, which a hand does: the row that its pulse keeps, and how large its picture is."""

    model: type[models.Model]
    claim: uuid.UUID | None
    pixels: int
    do: Callable[[], None]


# Claims what comes first, of one queue or of both, and says what it is; None when nothing waits. The network
# is None while there is no model: what needs one waits.
Source = Callable[[engine.Network | None, str | None], Job | None]

_sources: list[Source] = []


def takes(source: Source) -> Source:
    """Decorate a source of jobs. Rooms above come first: who waits for a file has waited for its photo."""
    _sources.insert(0, source)
    return source


@takes
def _cutouts(network: engine.Network | None, queue: str | None) -> Job | None:
    cutout = jobs.claim_next(queue) if network else None
    if cutout is None or network is None:
        return None
    pixels = cutout.photo.width * cutout.photo.height
    return Job(Cutout, cutout.claim, pixels, partial(jobs.cut_out, cutout, network))


def work() -> None:
    """Do what waits until nothing does, or until the shift is over; then ring for whoever comes next."""
    shift = Shift(_network())
    hands = [threading.Thread(target=shift.hand, daemon=True) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    while any(hand.is_alive() for hand in hands):
        for hand in hands:
            hand.join(_LOOK_SECONDS)
        shift.interrupt_the_late()
    if shift.is_over:
        bell.ring(Cutout.Queue.INTERACTIVE)


def _network() -> engine.Network | None:
    try:
        return worker.network()
    except ModelUnavailable:
        return None


class InTurn:
    """A network that the hands share. Two runs side by side would take as long, and twice the memory."""

    def __init__(
        self,
        network: engine.Network,
        waiting: Callable[[], AbstractContextManager[None]],
        turn: "threading.Lock | None" = None,  # a function until Python 3.13, hence the quotes
    ) -> None:
        self._network = network
        self._waiting = waiting
        self._turn = turn or threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    @property
    def companion(self) -> engine.Network | None:
        """It waits for the same turn, since it takes the same cores; it may join in the middle of a shift."""
        companion = self._network.companion
        return cast(engine.Network, InTurn(companion, self._waiting, self._turn)) if companion else None

    @companion.setter
    def companion(self, companion: engine.Network | None) -> None:
        self._network.companion = companion

    def run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """As the network's own, after whoever came first."""
        with self._waiting():
            self._turn.acquire()
        try:
            return self._network.run(tensor)
        finally:
            self._turn.release()


class Shift:
    """What the hands share."""

    def __init__(self, network: engine.Network | None) -> None:
        in_turn = InTurn(network, self._clock_stopped) if network else None
        self._network = cast(engine.Network | None, in_turn)
        self._ends = time.monotonic() + SECONDS
        self._changed = threading.Condition()
        self._pixels: dict[int, int] = {}  # by thread, those of the picture in hand
        self._begun: dict[int, float] = {}  # by thread, when the work on it began

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def hand(self) -> None:
        """One job after the other; over when nothing waits and the other hand is idle, too."""
        try:
            while not self.is_over:
                if not self._take_one() and not self._wait_beside_the_other():
                    return
        except Exception:
            logger.exception("a hand gave up; what it held is put back by the sweeper")
        finally:
            connections.close_all()

    def _take_one(self) -> bool:
        job = self._next()
        if job is None:
            return False
        try:
            with worker.working_on(job.claim, job.model), self._room_for(job.pixels), self._timed():
                job.do()
        except TooSlow:
            pass  # the time was over just when the work was
        return True

    def _next(self) -> Job | None:
        """What somebody waits for goes before batches, whatever it is."""
        for queue in (Cutout.Queue.INTERACTIVE, None):
            for source in _sources:
                if job := source(self._network, queue):
                    return job
        return None

    def _wait_beside_the_other(self) -> bool:
        """A moment, while there is work that this hand could not share; False when there is none."""
        if not self._pixels:
            return False
        time.sleep(_IDLE_SECONDS)
        return True

    @contextmanager
    def _room_for(self, pixels: int) -> Iterator[None]:
        """Wait until the pixels in hand are few enough; a large photo waits until it is alone."""
        with self._changed:
            self._changed.wait_for(partial(self._has_room_for, pixels))
            self._pixels[threading.get_ident()] = pixels
        try:
            yield
        finally:
            with self._changed:
                del self._pixels[threading.get_ident()]
                self._changed.notify_all()

    def _has_room_for(self, pixels: int) -> bool:
        return not self._pixels or sum(self._pixels.values()) + pixels <= _MOST_PIXELS

    @contextmanager
    def _timed(self) -> Iterator[None]:
        thread = threading.get_ident()
        with self._changed:
            self._begun[thread] = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                self._begun.pop(thread, None)

    @contextmanager
    def _clock_stopped(self) -> Iterator[None]:
        """Waiting for the other hand is not this photo's time."""
        thread = threading.get_ident()
        with self._changed:
            begun, stopped = self._begun.pop(thread, None), time.monotonic()
        yield
        if begun is not None:
            with self._changed:
                self._begun[thread] = begun + time.monotonic() - stopped

    def interrupt_the_late(self) -> None:
        """Raise TooSlow in each hand whose photo takes longer than the limit, once.

        It is raised between two steps of Python, as a signal would be. What hangs inside of a codec ends with
        the process, by the queue's own limit.
        """
        with self._changed:
            for thread, begun in list(self._begun.items()):
                if time.monotonic() - begun > settings.JOB_SECONDS:
                    del self._begun[thread]
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(thread), ctypes.py_object(TooSlow)
                    )
