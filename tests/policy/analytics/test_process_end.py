"""A web server that is stopped writes what it still holds."""

import os
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import migrated
from tests.base import BROWSER
from tests.stack import ROOT, free_port, wait_for

_VIEWS = 40
# Before gunicorn kills what has not ended: until then, what it holds would be written every five seconds.
_SOON = 15


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    variables = {"DJANGO_SETTINGS_MODULE": "bgbegone.settings", "BGBEGONE_DATA": str(tmp_path)}
    # Two processes, so that some rows are held by each.
    return {**os.environ, **variables, "PORT": str(free_port()), "WEB_PROCESSES": "2", "DATABASE_URL": ""}


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn, as the supervisor runs it."""
    migrated.put_into(Path(environment["BGBEGONE_DATA"]))
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    command = ["-m", "gunicorn", "bgbegone.asgi", "--config", "bgbegone/gunicorn.py"]
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment) as process:
        wait_for(lambda: _answers(environment, "/healthz"), "no answer")
        yield process
        process.kill()


def _answers(environment: dict[str, str], path: str) -> bool:
    address = f"http://localhost:{environment['PORT']}{path}"
    request = urllib.request.Request(address, headers={"User-Agent": BROWSER, "Connection": "close"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _stored(folder: Path) -> int:
    with sqlite3.connect(folder / "db.sqlite3") as connection:
        return int(connection.execute("SELECT count(*) FROM policy_pageview").fetchone()[0])


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=lambda stop: stop.name)
def test_a_normal_stop_loses_no_view(
    server: subprocess.Popen[bytes], environment: dict[str, str], tmp_path: Path, stop: signal.Signals
) -> None:
    for _ in range(_VIEWS):
        assert _answers(environment, "/accounts/login/")
    assert _stored(tmp_path) < _VIEWS  # most of them are still on their way
    server.send_signal(stop)
    assert server.wait(_SOON) == 0
    assert _stored(tmp_path) == _VIEWS
