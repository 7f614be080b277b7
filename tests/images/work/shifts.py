"""`python -m tests.images.work.shifts SCENARIO`: a worker's shift in a process of its own. Its hands are
threads with connections of their own. Prints as JSON what became of six photos.
"""

import json
import signal
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import django
from billiard.pool import soft_timeout_sighandler

django.setup()

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from images import storage
from images.engine import Network
from images.photos.models import Photo
from images.work import shift, tasks, worker
from images.work.models import Cutout
from tests.base import disc
from tests.images.engine.tiny import tiny_network

PHOTOS = 6


class Watched:
    """A network that takes its time and notes who was in it, and how many photos were in hand meanwhile."""

    def __init__(self, network: Network, is_stuck_at_first: bool) -> None:
        self._network = network
        self._is_stuck = is_stuck_at_first
        self._inside = 0
        self.most_inside = self.most_in_hand = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._network, name)

    def run(self, tensor: object) -> object:
        self._inside += 1
        self.most_inside = max(self.most_inside, self._inside)
        running = Cutout.objects.filter(status=Cutout.Status.RUNNING).count()
        self.most_in_hand = max(self.most_in_hand, running)
        is_stuck, self._is_stuck = self._is_stuck, False
        ends = time.monotonic() + (60 if is_stuck else 0.1)
        try:
            while time.monotonic() < ends:
                time.sleep(0.02)
            return self._network.run(tensor)  # type: ignore[arg-type]
        finally:
            self._inside -= 1


def send(side: int) -> None:
    pk = uuid.uuid4()
    file = storage.write(pk, ContentFile(disc()), "original")
    photo = Photo.objects.create(
        id=pk,
        guest=uuid.uuid4(),
        submission=uuid.uuid4(),
        sha256="0" * 64,
        file=file,
        width=side,
        height=side,
        bytes=1,
        expires_at=timezone.now(),
    )
    Cutout.objects.create(photo=photo)


def hang() -> None:
    """A photo on which a codec hangs, and Celery's limit, which comes as a signal."""
    signal.signal(signal.SIGALRM, soft_timeout_sighandler)
    signal.setitimer(signal.ITIMER_REAL, 2)
    tasks.jobs.cut_out = lambda *_: time.sleep(600)
    tasks.take_next()


def main(scenario: str) -> None:
    call_command("migrate", verbosity=0)
    settings.JOB_SECONDS = 2 if scenario == "stuck" else 60
    for _ in range(PHOTOS):
        send(6_000 if scenario == "large" else 100)
    with tempfile.TemporaryDirectory() as folder:
        watched = Watched(tiny_network(Path(folder)), scenario == "stuck")
        worker._process.network = watched  # type: ignore[assignment]
        hang() if scenario == "hung" else shift.work()
    cutouts = Cutout.objects.order_by("finished_at")
    found = {
        "states": sorted(cutout.error_code or cutout.status for cutout in cutouts),
        "inside": watched.most_inside,
        "in hand": watched.most_in_hand,
        "threads": threading.active_count(),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
