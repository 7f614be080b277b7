"""Two photos in hand: what waits is done, the network is one photo's at a time, and limits hold."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import migrated

ROOT = Path(__file__).parents[3]


def _run(scenario: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bgbegone.settings", "BGBEGONE_DATA": str(folder)}
    migrated.put_into(folder)
    for server in ("DATABASE_URL", "STORAGE_URL"):
        environment.pop(server, None)
    command = [sys.executable, "-m", "tests.images.work.shifts", scenario]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def _shift(scenario: str, folder: Path) -> Any:
    run = _run(scenario, folder)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_one_photo_is_read_while_another_has_the_network(tmp_path: Path) -> None:
    found = _shift("plain", tmp_path)
    assert found["states"] == ["done"] * 6
    assert (found["inside"], found["in hand"], found["threads"]) == (1, 2, 1)


def test_large_photos_are_in_hand_alone(tmp_path: Path) -> None:
    found = _shift("large", tmp_path)
    assert found["states"] == ["done"] * 6
    # The second one may have been claimed; it waits before anything of it is read.
    assert found["inside"] == 1


def test_a_photo_that_takes_too_long_stops_nobody_else(tmp_path: Path) -> None:
    assert _shift("stuck", tmp_path)["states"] == [*["done"] * 5, "too_slow"]


def test_a_photo_that_hangs_ends_the_process_so_that_its_claim_falls_silent(tmp_path: Path) -> None:
    run = _run("hung", tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert "a photo hangs" in run.stderr
    assert "Traceback" not in run.stderr
