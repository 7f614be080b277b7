"""`python -m tests.e2e.recovery`: twenty photos, ten SIGKILLs of whoever cuts out, and what came of it."""

import os
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, serving, wait_for

_MOST_SECONDS = 600


@dataclass
class Outcome:
    """What `recovery_run` found when nothing worked any more. The lists hold one figure per photo."""

    kills: int
    seconds: float
    statuses: list[str]
    times_done: list[int]  # as the log counts them
    links: list[int]
    lost_files: int  # named by a row, but not there
    stray_files: int  # there, but named by no row

    @property
    def is_clean(self) -> bool:
        once = {tuple(self.times_done), tuple(self.links)} == {(1,) * len(self.statuses)}
        return once and set(self.statuses) == {"done"} and not self.lost_files


def recovery_run(stack: Stack, photos: int, kills: int) -> Outcome:
    """Upload photos and kill the process that works on one, again and again, until all are through."""
    started, visitor = time.monotonic(), Visitor(stack.address)
    paths = [visitor.upload(ball()) for _ in range(photos)]
    ids = [path.strip("/").rpartition("/")[2].replace("-", "") for path in paths]
    killed: set[str] = set()
    while len(killed) < kills and (claim := _next_claim(stack, ids, killed)):
        _kill_pool(stack)
        killed.add(claim)
    wait_for(lambda: not _active(stack, ids), "photos still wait", _MOST_SECONDS)
    return _outcome(stack, ids, len(killed), time.monotonic() - started)


def _kill_pool(stack: Stack) -> None:
    """Kill every process that cuts out."""
    pids = stack.pool_pids()
    assert pids, "nobody to kill"
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _rows(stack: Stack, query: str, ids: list[str]) -> list[tuple[str, ...]]:
    marks = ",".join("?" * len(ids))
    with closing(sqlite3.connect(f"file:{stack.data}/var/db.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(query.format(marks), ids).fetchall()


def _active(stack: Stack, ids: list[str]) -> list[tuple[str, ...]]:
    query = "SELECT id FROM images_cutout WHERE photo_id IN ({}) AND status IN ('queued', 'running')"
    return _rows(stack, query, ids)


def _next_claim(stack: Stack, ids: list[str], killed: set[str]) -> str | None:
    """Wait until a living process works on one of the photos; None when all are through."""
    query = "SELECT claim FROM images_cutout WHERE photo_id IN ({}) AND status = 'running'"
    while _active(stack, ids):
        # A row that was running when its process died keeps its claim until the sweeper comes.
        fresh = {claim for (claim,) in _rows(stack, query, ids)} - killed
        if fresh:
            return fresh.pop()
        time.sleep(0.05)
    return None


def _outcome(stack: Stack, ids: list[str], kills: int, seconds: float) -> Outcome:
    query = "SELECT photo_id, c.id, status, c.file, c.preview, p.file, p.preview FROM images_cutout c"
    rows = _rows(stack, query + " JOIN images_photo p ON p.id = photo_id WHERE photo_id IN ({})", ids)
    links = [
        photo
        for (photo,) in _rows(stack, "SELECT photo_id FROM images_sharelink WHERE photo_id IN ({})", ids)
    ]
    done = [line for line in stack.log.splitlines() if "cut-out done" in line]
    store = stack.data / "var" / "files"
    named = {store / name for row in rows for name in row[3:]}
    there = {file for name in named for file in Path(name).parent.iterdir()}
    return Outcome(
        kills=kills,
        seconds=seconds,
        statuses=[row[2] for row in rows],
        times_done=[sum(row[1] in line.replace("-", "") for line in done) for row in rows],
        links=[links.count(row[0]) for row in rows],
        lost_files=len(named - there),
        stray_files=len(there - named),
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as stack:
        stack.wait_until("database", "broker", "storage", "worker", "model")
        outcome = recovery_run(stack, photos=20, kills=10)
    print(outcome)
    print("clean" if outcome.is_clean else "NOT clean")
    return 0 if outcome.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
