"""`manage.py serve`: starts everything, keeps it alive, says where it is, and stops cleanly."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import Stack, free_port, serving, wait_for


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service without a model, which needs none to be alive."""
    folder = tmp_path_factory.mktemp("serve")
    with serving(folder, True, BGBEGONE_MODELS=str(folder / "none")) as running:
        running.wait_until("database", "broker", "storage", "worker")
        yield running


def test_the_address_is_printed_when_it_answers(stack: Stack) -> None:
    wait_for(lambda: stack.address in stack.log, "no address printed")


def test_a_missing_model_is_said_and_stops_nothing(stack: Stack) -> None:
    assert "models fetch" in stack.parts()["model"]
    wait_for(lambda: "photos wait: no model" in stack.log, "not logged")


@pytest.mark.parametrize(
    "command",
    ["gunicorn bgbegone", "--queues interactive", "--queues upkeep", "bgbegone beat"],
    ids=["web", "worker", "clerk", "clock"],
)
def test_a_part_that_dies_comes_back(stack: Stack, command: str) -> None:
    dead = stack.pids(command)[0]
    os.kill(dead, signal.SIGKILL)
    wait_for(lambda: any(pid != dead for pid in stack.pids(command)[:1]), f"{command} stayed away")
    stack.wait_until("database", "broker", "storage", "worker")


def test_ctrl_c_ends_every_process(stack: Stack) -> None:
    """The last one for this service."""
    pids, said = stack.pids(""), len(stack.log)
    assert stack.stop() == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in stack.log[said:]


def test_a_taken_port_gets_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with serving(tmp_path, PORT=str(port)) as running:
            assert running.process.wait(timeout=60) == 1
    assert f"Port {port} is taken" in running.log
    assert f"make serve PORT={port + 1}" in running.log


def test_a_wrong_setting_gets_a_sentence(tmp_path: Path) -> None:
    with serving(tmp_path, MAX_UPLOAD_MB="lots", PORT=str(free_port())) as running:
        assert running.process.wait(timeout=60) == 1
    assert running.log.startswith("Wrong setting: MAX_UPLOAD_MB")
