"""A disk that fills up at each stage: upload, cutting out, the database itself, a backup."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.drills import house
from tests.drills.outcome import Outcome, Skipped
from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, wait_for

_MEGABYTES = 96


def drill(folder: Path, *, is_short: bool) -> Outcome:
    rounds = 1 if is_short else 5
    with _small_disk(folder / "var") as disk, house.house(folder) as stack:
        ballast, visitor = disk / "ballast", Visitor(stack.address)
        paths, refusals = [house.sent(visitor, ball())], 0
        for _ in range(rounds):
            refusals += _while_uploading(stack, visitor, ballast)
            paths.append(_while_cutting_out(stack, visitor, ballast))
            refusals += _while_backing_up(stack, disk, ballast)
            paths.append(house.sent(visitor, ball()))  # there is room again
        for path in paths:
            house.insist(partial(_finished, visitor, path))
        held = house.books(stack)
        sound = house.asked(stack, _SOUND)
    done = held["statuses"].get("done", 0)
    return Outcome(
        done=done,
        lost=len(paths) - done + held["lost_files"] + (sound != "ok"),
        twice=held["twins"],
        strays=held["strays"] + held["photos"] - len(paths),
        note=f"{3 * rounds} times full; {refusals} refusals in words; database {sound}",
    )


_SOUND = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")
    answer = cursor.fetchone()[0]
"""


@contextmanager
def _small_disk(mount: Path) -> Iterator[Path]:
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "drill", str(mount)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        raise Skipped("a small disk cannot be mounted here (it needs root)")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "--lazy", str(mount)], check=False)


@contextmanager
def _full(ballast: Path) -> Iterator[None]:
    """Not a byte more fits until the block ends."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


def _while_uploading(stack: Stack, visitor: Visitor, ballast: Path) -> int:
    """Whoever sends something reads what is wrong, and nothing of it is kept."""
    form = visitor.filled_form(ball())
    with _full(ballast):
        try:
            where = visitor.send(form)
        except house.AWAY:
            return 0  # no words, since the session could not be written either
    assert not where.startswith("/photos/"), where
    return 1


def _while_cutting_out(stack: Stack, visitor: Visitor, ballast: Path) -> str:
    """The photo is there; for its result there is no room, and for the note about that perhaps none."""
    workers = [*stack.pids("--queues interactive,bulk"), *stack.pool_pids()]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    path = house.sent(visitor, ball())
    with _full(ballast):
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        with suppress(AssertionError):  # the fault may be so total that not even the failure is written
            wait_for(lambda: "disk failed" in stack.log or "disk is full" in stack.log, "", 8)
    return path


def _finished(visitor: Visitor, path: str) -> None:
    """Its owner presses “try again” where it failed."""
    if visitor.is_working(path):
        raise ValueError("still working")
    if "files/cutout.webp" not in visitor.get(path).decode():
        house.press(visitor, path, f"{path}retry/")
        raise ValueError("tried again")


def _while_backing_up(stack: Stack, disk: Path, ballast: Path) -> int:
    target = disk / "backup.tar"
    with _full(ballast), pytest.raises(AssertionError, match="No space left on device"):
        stack.run("manage.py", "backup", str(target))
    assert not list(disk.glob("backup.tar*"))
    return 1
