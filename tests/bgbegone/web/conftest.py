"""The web server in a process of its own, over a database of its own, without workers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import leaks
from tests.bgbegone.web.client import get, status_of
from tests.stack import ROOT, free_port, proportional_kilobytes, wait_for

MAX_MB, THREADS = 10, 2


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    data: Path
    log_file: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def megabytes(self) -> int:
        return sum(proportional_kilobytes(pid) for pid in self.pids()) // 1024

    def is_alive(self) -> bool:
        return status_of(get(self.port)) == 200


def start(folder: Path, **variables: str) -> Iterator[Server]:
    port, log_file = free_port(), folder / "web.log"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bgbegone.web.settings",
        "BGBEGONE_DATA": str(folder / "var"),
        "PORT": str(port),
        "WEB_THREADS": str(THREADS),
        "MAX_UPLOAD_MB": str(MAX_MB),
        "MAX_FILES_PER_UPLOAD": "4",
        **variables,
    }
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bgbegone.web.quick"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    server = Server(process, port, folder / "var", log_file)
    with leaks.reading(log_file, folder / "var" / "db.sqlite3"):
        try:
            wait_for(lambda: _answers(server), f"no answer: {log_file}")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=60)


def _answers(server: Server) -> bool:
    assert server.process.poll() is None, server.log
    try:
        return server.is_alive()
    except OSError:
        return False


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from start(tmp_path_factory.mktemp("web"))
