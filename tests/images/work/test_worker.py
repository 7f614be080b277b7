"""How a worker process gets its engine, and what it tells the others about it."""

from pathlib import Path

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
