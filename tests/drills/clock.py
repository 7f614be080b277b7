"""The machine's clock turned back an hour, and forward a day, while photos are cut out.

Every process of the service loads `clock.c`, a clock that a file sets. (Debian's libfaketime would do it too,
but breaks Python's `sleep`.)
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.drills import house
from tests.drills.outcome import Outcome, Skipped
from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, wait_for


def drill(folder: Path, *, is_short: bool) -> Outcome:
    number = 4 if is_short else 20
    offset = folder / "clock"
    offset.write_text("0")
    variables = {"LD_PRELOAD": str(_library(folder)), "DRILL_CLOCK": str(offset)}
    with house.house(folder, **variables) as stack:
        visitor = Visitor(stack.address)
        late, turns = 0, 0
        for turn in (-3600, 0, -3600):
            paths = [house.sent(visitor, ball()) for _ in range(number)]
            offset.write_text(str(turn))
            turns += 1
            _kill_who_works(stack)
            # Well before the clock has caught up.
            house.wait_until_idle(stack, 90)
            late += sum("files/cutout.webp" not in visitor.get(path).decode() for path in paths)
        held = house.books(stack)
        late += not _is_upkeep_running(stack)
        offset.write_text("86460")
        _wait_for_deletion(stack)
        left = house.books(stack)
    done = held["statuses"].get("done", 0)
    return Outcome(
        done=done,
        lost=3 * number - done + held["lost_files"] + late,
        twice=held["twins"],
        strays=left["photos"] + left["strays"],
        note=f"{turns} turns, a worker killed at each; a day later {left['photos']} photos of guests left",
    )


def _library(folder: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise Skipped("there is no C compiler for the clock")
    library = folder / "clock.so"
    source = Path(__file__).with_name("clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    return library


def _kill_who_works(stack: Stack) -> None:
    """Its pulse is from the other time: nobody may wait until that comes again."""
    for pid in stack.pool_pids():
        os.kill(pid, signal.SIGKILL)


def _is_upkeep_running(stack: Stack) -> bool:
    """The scheduler still wakes the clerk, whose work is written down."""
    code = "from policy.models import RetentionRun; answer = RetentionRun.objects.count()"
    stack.run("-c", _FORGET_RUNS)
    wait_for(lambda: house.asked(stack, code), "upkeep rests until the clock has caught up", 330)
    return True


_FORGET_RUNS = """
import django
django.setup()
from policy.models import RetentionRun
RetentionRun.objects.all().delete()
"""


def _wait_for_deletion(stack: Stack) -> None:
    code = "answer = Photo.objects.count()"
    wait_for(lambda: house.asked(stack, code) == 0, f"photos outlive their day: {stack.log_file}", 400)
