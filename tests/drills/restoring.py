"""A backup of a busy site, restored on another machine: all of it is there but what was deleted since."""

import shutil
from pathlib import Path

from tests.drills import house
from tests.drills.outcome import Outcome
from tests.e2e.pictures import ball
from tests.stack import Visitor


def drill(folder: Path, *, is_short: bool) -> Outcome:
    photos = 8 if is_short else 120
    first, second = folder / "first", folder / "second"
    backup, gone = folder / "backup.tar", folder / "deletions"
    for machine in (first, second):
        (machine / "var").mkdir(parents=True)
    with house.house(first) as stack:
        visitor = Visitor(stack.address)
        paths = [house.sent(visitor, ball()) for _ in range(photos // 2)]
        crowd = house.Crowd(stack, [ball() for _ in range(photos // 2)]).start()
        stack.run("manage.py", "backup", str(backup))
        crowd.join()
        house.wait_until_idle(stack)
        deleted = paths[::4]
        for path in deleted:
            house.delete(visitor, path)
        stack.run("manage.py", "backup", "--deletions", str(gone))
    for name in ("secret_key", "api_key_pepper"):
        shutil.copy(first / "var" / name, second / "var" / name)
    stack.environment["BGBEGONE_DATA"] = str(second / "var")
    stack.run("manage.py", "restore", str(backup), "--deletions", str(gone))
    with house.house(second) as other:
        house.wait_until_idle(other)
        held = house.books(other)
        visitor.address = other.address  # cookies know no ports
        there = [path for path in paths if path not in deleted]
        opened = sum(_opens(visitor, path) for path in there)
        back = sum(_opens(visitor, path) for path in deleted)
    return Outcome(
        done=opened,
        lost=len(there) - opened + held["lost_files"],
        twice=held["twins"],
        strays=back + held["strays"],
        note=f"backup while people send; {len(deleted)} photos deleted since, {back} of them back",
    )


def _opens(visitor: Visitor, path: str) -> bool:
    try:
        return visitor.get(f"{path}files/cutout.webp")[8:12] == b"WEBP"
    except OSError:
        return False
