"""The whole service as its users meet it: `manage.py serve` with its processes, on a free port."""

import contextlib
import http.cookiejar
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import leaks, migrated

ROOT = Path(__file__).resolve().parents[1]
_START_SECONDS = 90


def free_port() -> int:
    """Below those that a system gives to whoever asks for any: nobody gets it before it is used."""
    while True:
        port = random.randrange(10_000, 30_000)  # noqa: S311 (no secret)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Stack:
    """A running service. `log` is everything that it has printed."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    log_file: Path
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def parts(self) -> dict[str, str]:
        """What /readyz says of each part."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=10) as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as err:
            return dict(json.load(err))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return {}

    def wait_until(self, *parts: str) -> None:
        """Wait until these parts are ready."""
        wait_for(lambda: all(self.parts().get(part) == "ready" for part in parts), self._why(parts))

    def _why(self, parts: tuple[str, ...]) -> str:
        return f"{parts} not ready; the log is in {self.log_file}"

    def pids(self, words: str) -> list[int]:
        """The processes of this stack whose command line contains `words`, oldest first."""
        return [pid for pid in _descendants(self.process.pid) if words in _command_of(pid)]

    def pool_pids(self) -> list[int]:
        """The processes that cut out: children of the worker's main process."""
        main = self.pids("--queues interactive,bulk")[:1]
        return [pid for parent in main for pid in _children(parent)]

    def megabytes(self) -> int:
        """Memory of all processes together; what several share counts once."""
        return sum(proportional_kilobytes(pid) for pid in _descendants(self.process.pid)) // 1024

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What its database of SQLite answers now, without a process of two seconds for each question."""
        with contextlib.closing(sqlite3.connect(self.data / "var" / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def run(self, *words: str, **variables: str) -> str:
        """What a Python program prints that has the settings of this service."""
        environment = {**self.environment, **variables}
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def api_key(self, *options: str) -> str:
        """A key of the API, of an account that is made for it."""
        name = f"shop{uuid.uuid4().hex[:8]}"
        owner = ["--noinput", "--username", name, "--email", f"{name}@example.org"]
        self.run("manage.py", "createsuperuser", *owner, DJANGO_SUPERUSER_PASSWORD=uuid.uuid4().hex)
        made = self.run("manage.py", "apikey", "create", name, "--name", "test", *options)
        return made.strip().splitlines()[-1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def wait_for(condition: object, message: str, seconds: float = _START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, message
        time.sleep(0.1)


@contextlib.contextmanager
def serving(
    data: Path, is_new: bool = False, command: str = "manage.py serve", /, **variables: str
) -> Iterator[Stack]:
    """Run the service until the block ends. One that is new makes its database itself."""
    if not is_new and "DATABASE_URL" not in variables:
        migrated.put_into(data / "var")
    port = free_port()
    log_file = data / "serve.log"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
        "BGBEGONE_DATA": str(data / "var"),
        "PORT": str(port),
        "COMPANION": "no",  # it would be fetched
        **variables,
    }
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command.split()],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    stack = Stack(process, port, data, log_file, environment)
    with leaks.reading(log_file, data / "var" / "db.sqlite3"):
        try:
            wait_for(lambda: stack.parts() or process.poll() is not None, f"no answer: {log_file}")
            yield stack
        finally:
            if process.poll() is None:
                stack.stop()


def _children(pid: int) -> list[int]:
    """Children of every thread: a pool's dead process is replaced by a thread of its parent. None of what has
    ended meanwhile."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += [int(child) for child in file.read_text().split()]
    return sorted(found)


def _descendants(pid: int) -> list[int]:
    found = []
    for child in _children(pid):
        found += [child, *_descendants(child)]
    return found


def proportional_kilobytes(pid: int) -> int:
    """A process's own memory and its share of what it shares."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    size = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(size[1]) if size else 0


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):  # it may end between opening and reading
        return ""


@dataclass
class Visitor:
    """A browser without JavaScript, as far as uploads need one."""

    address: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> bytes:
        with self._opener.open(self.address + path, timeout=60) as response:
            body: bytes = response.read()
            return body

    def upload(self, *files: bytes) -> str:
        """Post the form of the first page; return the path of the page that it led to."""
        return self.send(self.filled_form(*files))

    def begin(self, manifest: list[dict[str, object]]) -> dict[str, Any]:
        """Announce a batch as the script of the first page does; the plan for its files."""
        page = self.get("/").decode()
        fields = {name: _value_of(name, page) for name in ("csrfmiddlewaretoken", "submission")}
        data = urllib.parse.urlencode({**fields, "manifest": json.dumps(manifest)}).encode()
        with self._opener.open(f"{self.address}/batches/begin/", data, timeout=60) as response:
            plan: dict[str, Any] = json.load(response)
            return plan

    def filled_form(self, *files: bytes) -> urllib.request.Request:
        """The form of the first page as it is when somebody is about to click."""
        page = self.get("/").decode()
        fields = {name: _value_of(name, page) for name in ("csrfmiddlewaretoken", "submission")}
        boundary = uuid.uuid4().hex
        return urllib.request.Request(
            f"{self.address}/",
            _multipart(boundary, fields, files),
            {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )

    def send(self, form: urllib.request.Request) -> str:
        with self._opener.open(form, timeout=60) as response:
            where: str = response.geturl()
            return where.removeprefix(self.address)

    def result(self, photo: str) -> bytes:
        """Ask for news as the page does, until the cut-out is there; return its small picture."""
        news = self.get(photo).decode()
        while poll := re.search(r'hx-get="([^"]+)" hx-trigger="every (\d+)ms"', news):
            time.sleep(int(poll[2]) / 1000)
            news = self.get(poll[1].replace("&amp;", "&")).decode() or news
        return self.get(f"{photo}files/cutout.webp")

    def is_working(self, photo: str) -> bool:
        return "hx-get" in self.get(f"{photo}status/").decode()


def _value_of(name: str, page: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert match, f"no field {name}"
    return match[1]


def _multipart(boundary: str, fields: dict[str, str], files: tuple[bytes, ...]) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for number, data in enumerate(files):
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="photos"; filename="{number}.jpg"'
        parts.append(head.encode() + b"\r\n\r\n" + data + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()
