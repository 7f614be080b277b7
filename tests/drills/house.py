"""The service under drill, people who do not give up, and servers of our own to stop and start."""

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.drills.outcome import Skipped
from tests.images.engine.tiny import install_tiny
from tests.stack import Stack, Visitor, free_port, serving, wait_for

T = TypeVar("T")

AWAY = (OSError, http.client.HTTPException, ValueError, AssertionError)
_MOST_SECONDS = 300


def settings(folder: Path) -> dict[str, str]:
    """The tiny network, and no limits that a drill would reach."""
    models = folder / "models"
    models.mkdir(exist_ok=True)
    install_tiny(models)
    return {
        "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
        "BGBEGONE_MODELS": str(models),
        "BACKEND": "onnxruntime",
        "PRECISION": "f32",
    }


@contextmanager
def house(folder: Path, **variables: str) -> Iterator[Stack]:
    """The service with the tiny network, ready to cut out."""
    limits = {"MAX_PHOTOS_PER_MINUTE": "100000", "MAX_WAITING_PER_PERSON": "100000"}
    with serving(folder, **{**settings(folder), **limits, **variables}) as stack:
        stack.wait_until("database", "broker", "storage", "worker", "model")
        yield stack


def asked(stack: Stack, code: str, **variables: str) -> Any:
    """Run Django code with the service's settings; `answer` is what it finds, as JSON."""
    program = f"import django, json; django.setup(); {_IMPORTS}\n{code}\nprint('\\n' + json.dumps(answer))"
    return json.loads(stack.run("-c", program, **variables).strip().splitlines()[-1])


_IMPORTS = """
from datetime import timedelta
from django.core.files.storage import default_storage
from django.utils import timezone
from images import storage
from images.models import Cutout, Photo
"""

# What lies there, what should, and how often the work on each photo was finished.
_BOOKS = """
from collections import Counter
known = {str(pk) for pk in Photo.objects.values_list("pk", flat=True)}
named = {name for row in Cutout.objects.values_list("file", "preview", "photo__file", "photo__preview")
         for name in row if name}
there = {name for pk in storage.photo_ids() for name in storage.names_of(pk)}
answer = {
    "statuses": Counter(Cutout.objects.values_list("status", flat=True)),
    "failures": Counter(Cutout.objects.filter(status="failed").values_list("error_code", flat=True)),
    "photos": len(known),
    "twins": Photo.objects.count() - Photo.objects.values("sha256", "guest").distinct().count(),
    "lost_files": len(named - there),
    "missing": sorted(named - there),
    "strays": len({name for name in there if name.split("/")[1] not in known}),
}
"""


def books(stack: Stack) -> dict[str, Any]:
    held: dict[str, Any] = asked(stack, _BOOKS)
    return held


def wait_until_idle(stack: Stack, seconds: float = _MOST_SECONDS) -> None:
    """Until no photo waits or is worked on."""
    left = asked(stack, _IDLE.format(seconds))
    assert left == 0, f"{left} photos still wait: {stack.log_file}"


# One process that looks again and again: to start another for each look would take the service's cores.
_IDLE = """
import time
deadline = time.monotonic() + {}
while (answer := Cutout.objects.active().count()) and time.monotonic() < deadline:
    time.sleep(0.2)
"""


def post_mails(stack: Stack, numbers: range) -> None:
    """Mails that the service has to send, each to an address of its own."""
    asked(stack, _POST.format(numbers))


_POST = """
from django.core.mail import EmailMultiAlternatives
from accounts.outbox.services import post
for number in {}:
    post(EmailMultiAlternatives("Drill", "Text", "us@example.org", [f"{{number}}@example.org"]))
answer = 0
"""


def insist(act: Callable[[], T], seconds: float = _MOST_SECONDS) -> T:
    """Try again as people do, while a server is away."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except AWAY:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def sent(visitor: Visitor, data: bytes) -> str:
    """Send one form until it is answered by the page of a photo, as somebody does who clicks again."""

    def send() -> str:
        path = visitor.send(form)
        if not path.startswith("/photos/"):
            raise ValueError(path)
        return path

    form = insist(lambda: visitor.filled_form(data))
    return insist(send)


@dataclass
class Crowd:
    """People in threads of their own, each of whom does something with one photo after the other."""

    stack: Stack
    photos: list[bytes]
    act: Callable[[Visitor, str], object] | None = None
    paths: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def start(self, people: int = 3) -> "Crowd":
        self._threads = [threading.Thread(target=self._work) for _ in range(people)]
        for thread in self._threads:
            thread.start()
        return self

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        visitor = Visitor(self.stack.address)
        while self.photos:
            with contextlib.suppress(IndexError):
                photo = self.photos.pop()
                try:
                    path = sent(visitor, photo)
                    self.paths.append(path)
                    if self.act:
                        self.act(visitor, path)
                except AWAY as err:
                    self.problems.append(repr(err))


@dataclass
class Server:
    """A server of our own, on one port for all its life."""

    port: int
    command: list[str]
    folder: Path
    is_up: Callable[[], object]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=log, stderr=log)
        wait_for(self._is_up, f"{self.command[0]} does not start: {self.folder / 'log'}", 60)

    def _is_up(self) -> bool:
        with contextlib.suppress(Exception):
            self.is_up()
            return True
        return False

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


def _folder(root: Path, name: str, owner: str = "") -> Path:
    folder = root / name
    folder.mkdir()
    if owner and os.getuid() == 0:
        shutil.chown(folder, owner)
        for above in (root, *root.parents)[:3]:
            with contextlib.suppress(OSError):
                above.chmod(above.stat().st_mode | 0o011)
    return folder


@contextmanager
def postgresql(root: Path) -> Iterator[tuple[Server, str]]:
    """A cluster of its own, and the address of its database."""
    import psycopg

    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not binaries:
        raise Skipped("PostgreSQL's programs are not installed")
    folder, port = _folder(root, "postgresql", "postgres"), free_port()
    become = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    data, bin_ = folder / "data", binaries[-1].parent
    initdb = [*become, str(bin_ / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
    subprocess.run(initdb, cwd=folder, check=True, capture_output=True)
    options = ["-D", str(data), "-p", str(port), "-k", "", "-h", "127.0.0.1"]
    address = f"postgres://postgres@127.0.0.1:{port}/postgres"
    server = Server(
        port, [*become, str(bin_ / "postgres"), *options], folder, lambda: psycopg.connect(address).close()
    )

    def stop() -> None:
        """As a power cut does: `runuser` would be all that a kill from here reaches."""
        pg_ctl = [*become, str(bin_ / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
        subprocess.run(pg_ctl, cwd=folder, check=False, capture_output=True)

    server.stop = stop  # type: ignore[method-assign]
    server.start()
    try:
        yield server, address
    finally:
        server.stop()


@contextmanager
def redis(root: Path) -> Iterator[tuple[Server, str]]:
    """One that keeps nothing: whatever waits in it is lost with it."""
    import redis as client

    if not shutil.which("redis-server"):
        raise Skipped("Redis is not installed")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    address = f"redis://127.0.0.1:{port}"
    folder = _folder(root, "redis")
    server = Server(port, command, folder, lambda: client.Redis.from_url(address).ping())
    server.start()
    try:
        yield server, address
    finally:
        server.stop()


def delete(visitor: Visitor, path: str) -> None:
    """Delete a photo by the button of its page; fine when it is gone already."""
    try:
        press(visitor, path, f"{path}delete/")
    except urllib.error.HTTPError as err:
        if err.code not in (404, 410):
            raise


def press(visitor: Visitor, page: str, action: str) -> None:
    """Send a form of a page that has no other fields than its token."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get(page).decode())
    assert token, "no form"
    data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode()
    visitor.send(urllib.request.Request(f"{visitor.address}{action}", data))
