"""SIGKILL of worker, web server, clerk and scheduler, again and again, while people send photos."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.drills.house import Crowd, books, house, post_mails, wait_until_idle
from tests.drills.outcome import Outcome
from tests.e2e.pictures import ball
from tests.mailserver import Inbox, mail_server
from tests.stack import Stack, wait_for

_PARTS = {
    "web": "gunicorn bgbegone",
    "worker": "--queues interactive,bulk",
    "clerk": "--queues upkeep,mail",
    "scheduler": "bgbegone beat",
}
# How long a process may need to notice that its parent is gone.
_MERCY = 10


def drill(folder: Path, *, is_short: bool) -> Outcome:
    return hold(folder, *((6, 1) if is_short else (500, 50)))


def hold(folder: Path, photos: int, rounds: int) -> Outcome:
    mails = photos // 5
    with mail_server() as (inbox, port), house(folder, EMAIL_URL=f"smtp://127.0.0.1:{port}") as stack:
        post_mails(stack, range(mails))
        crowd = Crowd(stack, [ball() for _ in range(photos)]).start()
        kills = _hunt(stack, crowd, photos, rounds)
        crowd.join()
        wait_until_idle(stack, 600)
        wait_for(lambda: len(set(inbox.recipients)) == mails, f"mail is missing: {stack.log_file}")
        with suppress(AssertionError):
            wait_for(lambda: not _orphans(stack), "", _MERCY)
        orphans = _orphans(stack)
        held = books(stack)
    done = held["statuses"].get("done", 0)
    return Outcome(
        done=done,
        lost=photos - done + held["lost_files"] + len(crowd.problems),
        twice=held["twins"] + finished_twice(stack),
        strays=held["strays"] + len(orphans),
        note="; ".join(
            [f"{kills} kills", _mail_of(inbox, mails), *orphans, *held["missing"], *crowd.problems]
        ),
    )


def _hunt(stack: Stack, crowd: Crowd, photos: int, rounds: int) -> int:
    """Each round kills every part, in turns the worker's main process or the one that cuts out.

    A round begins when people have got on with their photos: where they come back more slowly than they are
    killed, nobody would ever be answered, and it would be the drill that loses photos.
    """
    kills = 0
    for number in range(rounds):
        left = photos - photos * number // rounds
        wait_for(lambda left=left: len(crowd.photos) <= left or not crowd.is_busy, "nobody gets on", 300)
        for name in _PARTS:
            wait_for(lambda name=name, number=number: _wanted(stack, name, number), f"no {name}")
            for pid in _wanted(stack, name, number):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            kills += 1
    return kills


def _wanted(stack: Stack, name: str, number: int) -> list[int]:
    if name == "worker" and number % 2:
        return stack.pool_pids()
    return stack.pids(_PARTS[name])[:1]


def finished_twice(stack: Stack) -> int:
    ids = [line.split("cutout=")[1].split()[0] for line in stack.log.splitlines() if "cut-out done" in line]
    return len(ids) - len(set(ids))


def _orphans(stack: Stack) -> list[str]:
    """Processes whose parent was killed, still alive beside those that have taken its place."""
    mine = {*stack.pids(""), stack.process.pid}
    marker = f"BGBEGONE_DATA={stack.environment['BGBEGONE_DATA']}\0".encode()
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if marker in file.read_bytes() and int(file.parent.name) not in mine:
                command = (file.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found.append(f"{file.parent.name}: {command}")
    return found


def _mail_of(inbox: Inbox, mails: int) -> str:
    """A mail that is under way when its sender is killed is sent once more: rather twice than never."""
    return f"{len(set(inbox.recipients))} of {mails} mails, {len(inbox.recipients) - mails} again"
