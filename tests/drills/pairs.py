"""Two clerks and two schedulers by mistake: nothing is sent, cut out or deleted twice."""

import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.drills import house
from tests.drills.kills import finished_twice
from tests.drills.outcome import Outcome
from tests.e2e.pictures import ball
from tests.mailserver import mail_server
from tests.stack import ROOT, Stack, wait_for

_CLERK = "worker --queues upkeep,mail --pool threads --concurrency 3 --loglevel WARNING"
_QUIET_SECONDS = 20


def drill(folder: Path, *, is_short: bool) -> Outcome:
    photos, mails = (8, 20) if is_short else (120, 300)
    with ExitStack() as stack:
        inbox, port = stack.enter_context(mail_server())
        running = stack.enter_context(house.house(folder, EMAIL_URL=f"smtp://127.0.0.1:{port}"))
        for words in (_CLERK, f"beat --pidfile= --schedule {folder / 'second'} --loglevel WARNING"):
            stack.callback(_end, _beside(running, words))
        crowd = house.Crowd(running, [ball() for _ in range(photos)]).start()
        house.post_mails(running, range(mails))
        crowd.join()
        house.wait_until_idle(running)
        wait_for(lambda: len(set(inbox.recipients)) == mails, f"mail is missing: {running.log_file}")
        time.sleep(2 if is_short else _QUIET_SECONDS)
        held = house.books(running)
        copies = Counter(inbox.recipients)
    done = held["statuses"].get("done", 0)
    return Outcome(
        done=done,
        lost=photos - done + held["lost_files"] + len(crowd.problems),
        twice=held["twins"] + finished_twice(running) + sum(number > 1 for number in copies.values()),
        strays=held["strays"],
        note=f"{mails} mails, two clerks, two schedulers",
    )


def _beside(stack: Stack, words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "bgbegone", *words.split()]
    with (stack.data / "second.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=stack.environment, stdout=log, stderr=log)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=60)
