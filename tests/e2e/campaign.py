"""`python -m tests.e2e.campaign [N]`: news to N people, five SIGKILLs of whoever sends, and who got what."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mailserver import Inbox, mail_server
from tests.stack import ROOT, Stack, serving, wait_for

CLERK = "--queues upkeep,mail"
_MOST_SECONDS = 1800
_QUIET_SECONDS = 5

_PREPARE = "from tests.accounts.campaigns.steps import *; many_subscribers({}); campaign()"
_STATES = "SELECT state FROM accounts_campaign"
_COUNTS = (
    "from accounts.models import Delivery; from collections import Counter; "
    "print(*Counter(Delivery.objects.values_list('state', flat=True)).items())"
)
_UNKNOWN = (
    "from accounts.models import Delivery; "
    "print(*Delivery.objects.filter(state='unknown').values_list('user__email', flat=True))"
)
# What the operator reads in the log of the mail server, and then the button in the admin.
_SETTLE = (
    "from accounts.models import Campaign, Delivery; from accounts.campaigns import services; "
    "Delivery.objects.filter(state='unknown', user__email__in={!r}).update(state='sent'); "
    "print(services.send_unknown_again(Campaign.objects.get()))"
)
# A minute of silence, after which what a dead sender left is taken up.
_AGE = (
    "from accounts.models import Delivery; from accounts.campaigns.models import SILENCE; "
    "from django.utils import timezone; "
    "left = Delivery.objects.filter(state__in=['claimed', 'handing']); "
    "left.update(changed_at=timezone.now() - SILENCE * 2)"
)


@dataclass
class Outcome:
    """`campaign_run`'s findings. Seconds count from the order to send."""

    people: int
    kills: int
    seconds_to_last: float  # arrival of the last copy that needed nobody's decision
    seconds_to_end: float  # until the campaign called itself sent, a minute of silence included
    unknown: int  # copies under way when their sender was killed
    unknown_arrived: int
    sent_again: int
    missing: int
    twice: int

    @property
    def is_clean(self) -> bool:
        return self.missing == self.twice == 0


def campaign_run(stack: Stack, inbox: Inbox, people: int, kills: int, *, is_patient: bool = True) -> Outcome:
    """Send a campaign, kill the sender at random moments, and settle in the end what is unknown.

    Who is not patient moves the clock of what the dead left, instead of waiting out the silence.
    """
    in_service(stack, _PREPARE.format(people))
    started = time.monotonic()
    for mark in sorted(random.sample(range(people // 20, people * 19 // 20), kills)):
        wait_for(lambda mark=mark: len(inbox.recipients) >= mark, f"stuck before {mark}", _MOST_SECONDS)
        _kill_clerk(stack)
    last = _until_quiet(inbox, people)
    if not is_patient:
        in_service(stack, _AGE)
    _until_sent(stack)
    ended = time.monotonic()
    unknown = set(in_service(stack, _UNKNOWN).split())
    arrived = unknown & set(inbox.recipients)
    again = int(in_service(stack, _SETTLE.format(sorted(arrived))))
    _until_sent(stack)
    copies = Counter(inbox.recipients)
    return Outcome(
        people=people,
        kills=kills,
        seconds_to_last=round(last - started, 1),
        seconds_to_end=round(ended - started, 1),
        unknown=len(unknown),
        unknown_arrived=len(arrived),
        sent_again=again,
        missing=people - len(copies),
        twice=sum(number > 1 for number in copies.values()),
    )


def _kill_clerk(stack: Stack) -> None:
    wait_for(lambda: stack.pids(CLERK), "nobody to kill")
    os.kill(stack.pids(CLERK)[0], signal.SIGKILL)


def _until_quiet(inbox: Inbox, people: int) -> float:
    """Wait until no more copies arrive for a while; returns when the last one did."""
    number, changed = len(inbox.recipients), time.monotonic()
    while number < people and time.monotonic() < changed + _QUIET_SECONDS * 3:
        time.sleep(0.1)
        if len(inbox.recipients) > number:
            number, changed = len(inbox.recipients), time.monotonic()
    return changed


def _until_sent(stack: Stack) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    while not has_ended(stack):
        assert time.monotonic() < deadline, in_service(stack, _COUNTS)
        time.sleep(0.1)


def has_ended(stack: Stack) -> bool:
    """Whether every campaign is sent."""
    return {state for (state,) in stack.rows(_STATES)} == {"sent"}


def in_service(stack: Stack, code: str) -> str:
    """Run Django code on the data of the service, in a process of its own; returns what it prints."""
    program = f"import django; django.setup(); {code}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=_environment(stack), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def _environment(stack: Stack, **variables: str) -> dict[str, str]:
    names = {
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
        "BGBEGONE_DATA": str(stack.data / "var"),
        "PORT": str(stack.port),
    }
    return {**os.environ, **names, **variables}


def mail_settings(port: int) -> dict[str, str]:
    return {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_PER_MINUTE": "1000000"}


@contextmanager
def second_clerk(stack: Stack, port: int) -> Iterator[None]:
    """Another process that sends, beside the one that the supervisor keeps alive."""
    command = f"-m celery --quiet --app bgbegone worker {CLERK} --pool threads --concurrency 2"
    with (stack.data / "second.log").open("wb") as log:
        clerk = subprocess.Popen(
            [sys.executable, *command.split(), "--loglevel", "WARNING"],
            cwd=ROOT,
            env=_environment(stack, **mail_settings(port)),
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        clerk.terminate()
        clerk.wait(timeout=60)


def main(people: int) -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        mail_server() as (inbox, port),
        serving(Path(folder), **mail_settings(port)) as stack,
        second_clerk(stack, port),
    ):
        stack.wait_until("database", "broker")
        outcome = campaign_run(stack, inbox, people, kills=5)
    print(outcome)
    print("clean" if outcome.is_clean else "NOT clean")
    return 0 if outcome.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
