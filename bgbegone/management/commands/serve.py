"""`manage.py serve`: web server, worker and scheduler under one supervisor."""

import errno
import fcntl
import logging
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

logger = logging.getLogger(__name__)

_CONFIG = Path(__file__).resolve().parents[2] / "supervisord.conf"
_START_SECONDS = 60


class Command(BaseCommand):
    help = "Prepare the database, then run everything until Ctrl-C."

    def handle(self, *args: object, **options: object) -> None:
        _refuse_taken_port()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        _beside(self._announce)
        _become_supervisor()

    def _announce(self) -> None:
        if not _answers(time.monotonic() + _START_SECONDS):
            self.stderr.write(f"The server did not answer within {_START_SECONDS} seconds.")
            return
        self.stdout.write(f"\n  Background Be Gone answers at {settings.SITE_URL}\n")
        self.stdout.write("  Stop it with Ctrl-C.\n\n")
        # Now that people can come: what makes cut-outs better, and is not needed to make them.
        call_command("models", "fetch", "--optional")


def _refuse_taken_port() -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as err:
            raise CommandError(_sentence_of(err)) from None


def _sentence_of(err: OSError) -> str:
    if err.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.PORT} is taken by another program. "
            f"Choose another one: make serve PORT={settings.PORT + 1}"
        )
    return f"Cannot listen on {settings.HOST}:{settings.PORT}: {err.strerror}."


def _beside(work: Callable[[], None]) -> None:
    """Do it in a process of its own, which has all of this one already and ends with it at the latest."""
    parent = os.getpid()
    connections.close_all()
    sys.stdout.flush()
    if os.fork():
        return
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        work()
    except KeyboardInterrupt:
        pass
    except Exception:
        logger.exception("cannot announce")
    finally:
        sys.stdout.flush()
        os._exit(0)  # what else the end of a process tidies up is its parent's


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


def _become_supervisor() -> None:
    """Replace this process, so that Ctrl-C and signals reach the supervisor itself."""
    environment = {
        **os.environ,
        "BGBEGONE_DATA": str(settings.BGBEGONE_DATA),
        "SERVE_PYTHON": sys.executable,
        "SERVE_USER": str(os.getuid()),
        "PYTHONUNBUFFERED": "1",
        # Said at every start inside a container, where being root is the rule.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }
    supervisor = ["-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(_CONFIG)]
    sys.stdout.flush()
    for stream in (1, 2):
        # Supervisor and the programs' output reach a log file through different descriptors, which
        # would overwrite each other's lines.
        fcntl.fcntl(stream, fcntl.F_SETFL, fcntl.fcntl(stream, fcntl.F_GETFL) | os.O_APPEND)
    os.execve(sys.executable, [sys.executable, *supervisor], environment)


def _answers(deadline: float) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.HOST, settings.HOST)  # noqa: S104
    # Asked under the site's own name: the address itself need not be an allowed host.
    request = urllib.request.Request(
        f"http://{host}:{settings.PORT}/healthz", headers={"Host": settings.ALLOWED_HOSTS[-1]}
    )
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=2):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    return False
