"""A queue server that is away: nothing is raised, because nothing is lost."""

import os
import subprocess
import sys

from tests.stack import ROOT, free_port

_RING = """
import django
django.setup()
from images.work import jobs
jobs.ring("interactive")
"""


def test_a_refused_connection_is_only_logged() -> None:
    away = f"redis://127.0.0.1:{free_port()}/0"
    run = subprocess.run(
        [sys.executable, "-c", _RING],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "bgbegone.settings", "BROKER_URL": away},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "it will be rung again" in run.stderr
    assert "Traceback" not in run.stderr
