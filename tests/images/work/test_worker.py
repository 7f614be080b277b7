"""How a worker process gets its engine, and what it tells the others about it."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from pytest_django import Settings

from images.engine.networks.catalogue import MODELS
from images.weights import backends
from images.work import worker
from images.work.models import Worker
from tests.images.engine.tiny import install_tiny, tiny_model


@pytest.fixture(autouse=True)
def fresh_process(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A worker that has just started, and a models folder that holds the tiny model."""
    monkeypatch.setattr(worker._process, "network", None)
    monkeypatch.setitem(MODELS, "tiny", tiny_model())
    settings.MODEL, settings.BGBEGONE_MODELS = "tiny", tmp_path
    return install_tiny(tmp_path)


@pytest.mark.parametrize(("backend", "name"), [("onnxruntime", "ONNX Runtime"), ("openvino", "OpenVINO")])
def test_the_setting_names_the_backend(backend: str, name: str, settings: Settings) -> None:
    settings.BACKEND = backend
    assert worker.network().backend.startswith(name)
    assert not (settings.BGBEGONE_MODELS / "backends.json").exists()


def test_without_a_wish_the_machine_is_measured_once(settings: Settings) -> None:
    settings.BACKEND = "auto"
    chosen = worker.network().backend
    task = backends.prepare(settings.BGBEGONE_MODELS, tiny_model(), worker.threads())
    verdict = backends.remembered(task)
    assert verdict
    assert chosen.lower().replace(" ", "").startswith(verdict.backend)


@pytest.mark.django_db
def test_the_pulse_says_what_runs(settings: Settings) -> None:
    settings.BACKEND = "openvino"
    worker.network()
    worker.beat_once()
    assert Worker.objects.get().backend.startswith("OpenVINO")


def test_processes_share_the_cores(settings: Settings) -> None:
    settings.WORKER_PROCESSES = 1
    alone = worker.threads()
    settings.WORKER_PROCESSES = 64
    assert worker.threads() == 1 <= alone


@pytest.fixture
def second(fresh_process: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the weights of the tiny model's companion belong; they are not there yet."""
    monkeypatch.setitem(MODELS, "tiny", replace(tiny_model(), companion="second"))
    monkeypatch.setitem(MODELS, "second", replace(tiny_model(), name="second"))
    return fresh_process.with_name("second.onnx")


def lay(second: Path) -> None:
    second.write_bytes(second.with_name("tiny.onnx").read_bytes())


def test_a_companion_joins_once_its_weights_are_there(second: Path) -> None:
    network = worker.network()
    assert not worker.join_companion()
    assert network.companion is None
    lay(second)
    assert worker.join_companion()
    assert network.companion
    assert network.companion.model.name == "second"


def test_the_wait_for_a_companion_ends_with_its_coming(second: Path) -> None:
    network = worker.network()
    lay(second)
    worker._await_companion(Event())
    assert network.companion


def test_a_worker_that_stops_waits_for_no_companion(second: Path) -> None:
    worker.network()
    stopped = Event()
    stopped.set()
    worker._await_companion(stopped)
    assert worker.network().companion is None


def test_a_companion_with_a_wrong_checksum_stays_out(second: Path, caplog: pytest.LogCaptureFixture) -> None:
    network = worker.network()
    second.write_bytes(b"damaged")
    assert not worker.join_companion()
    assert network.companion is None
    assert "the second network cannot join" in caplog.text
    caplog.clear()
    assert not worker.join_companion(second.stat().st_mtime)
    assert not caplog.text  # it is said once for each file


def test_a_sound_file_in_place_of_a_damaged_one_is_taken(second: Path) -> None:
    worker.network()
    second.write_bytes(b"damaged")
    tried = second.stat().st_mtime - 1
    lay(second)
    assert worker.join_companion(tried)


def test_the_setting_does_without_a_companion(second: Path, settings: Settings) -> None:
    settings.COMPANION = False
    lay(second)
    assert worker.join_companion()
    assert worker.network().companion is None


def test_a_model_without_a_companion_waits_for_none(fresh_process: Path) -> None:
    worker.network()
    assert worker.join_companion()


def test_both_networks_wait_for_the_same_turn(second: Path) -> None:
    from images.work.shift import Shift

    lay(second)
    worker.network()
    worker.join_companion()
    shared = Shift(worker.network())._network
    assert shared.companion
    assert shared.companion._turn is shared._turn
    side = shared.companion.model.input_size
    assert shared.companion.run(np.zeros((1, 3, side, side), np.float32)).shape == (side, side)
