"""A machine that dies between storing a file and writing its row, of an upload and of a result."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.drills import house
from tests.drills.outcome import Outcome
from tests.e2e.pictures import ball
from tests.stack import ROOT, Stack, Visitor, wait_for

# In a process of its own, which ends as by a power cut where the row should follow.
_DIES = """
import os, signal, sys, django
django.setup()
from pathlib import Path
from unittest import mock

def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)
"""
_UPLOAD = """
from django.test import Client
from images.photos.models import Photo
from tests.base import upload, upload_file
from django.conf import settings
with mock.patch.object(Photo, "save", die):
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    upload(client, upload_file(Path(sys.argv[1]).read_bytes()))
"""
_RESULT = """
from images.work import jobs
with mock.patch("images.work.jobs._publish", die):
    jobs.process_next()
"""
_AN_HOUR_LATER = """
import os
for pk in storage.photo_ids():
    for name in storage.names_of(pk):
        os.utime(default_storage.path(name), (0, 0))
from images.photos import retention
answer = retention._delete_orphans()
"""


def drill(folder: Path, *, is_short: bool) -> Outcome:
    times = 1 if is_short else 20
    picture = folder / "picture.jpg"
    with house.house(folder) as stack:
        visitor = Visitor(stack.address)
        swept = deaths = 0
        paths = []
        for _ in range(times):
            picture.write_bytes(ball())
            deaths += _dies(stack, _UPLOAD, str(picture))
            _pause(stack, signal.SIGSTOP)
            paths.append(house.sent(visitor, ball()))
            deaths += _dies(stack, _RESULT)
            _pause(stack, signal.SIGCONT)
        house.wait_until_idle(stack)
        before = house.books(stack)
        swept = house.asked(stack, _AN_HOUR_LATER)
        held = house.books(stack)
        for path in paths:
            house.delete(visitor, path)
        left = house.books(stack)
    done = held["statuses"].get("done", 0)
    return Outcome(
        done=done,
        lost=times - done + held["lost_files"],
        twice=held["twins"] + held["photos"] - times,
        strays=held["strays"] + left["strays"] + (deaths != 2 * times) + (swept != before["strays"]),
        note=f"{deaths} deaths; {before['strays']} files without a row, all swept up",
    )


def _dies(stack: Stack, code: str, *words: str) -> bool:
    command = [sys.executable, "-c", _DIES + code, *words]
    run = subprocess.run(command, cwd=ROOT, env=stack.environment, capture_output=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()
    return True


def _pause(stack: Stack, number: int) -> None:
    for pid in [*stack.pids("--queues interactive,bulk"), *stack.pool_pids()]:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    if number == signal.SIGCONT:
        wait_for(stack.pool_pids, "no worker")
