"""`manage.py serve`: web server, worker and scheduler under one supervisor."""

import errno
import fcntl
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

_CONFIG = Path(__file__).resolve().parents[2] / "supervisord.conf"
_START_SECONDS = 60


class Command(BaseCommand):
    help = "Prepare the database, then run everything until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--announce",
            action="store_true",
            help="Only wait for the server and print its address.",
        )

    def handle(self, *args: object, announce: bool, **options: object) -> None:
        if announce:
            self._announce()
            return
        _refuse_taken_port()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
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
