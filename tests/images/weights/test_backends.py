"""Choosing between the two inference libraries, with the real ones and a tiny model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from images.engine import ModelUnavailable
from images.engine.networks.precision import Precision
from images.weights import backends
from images.weights.backends import Backend, Task, Trial, judge
from tests.images.engine.tiny import SIDE, install_tiny, tiny_model

MASK = np.zeros((SIDE, SIDE), np.float32)
MASK[10:30, 10:30] = 1


@pytest.fixture
def task(tmp_path: Path) -> Task:
    install_tiny(tmp_path)
    return backends.prepare(tmp_path, tiny_model(), 1)


def remember(task: Task, backend: Backend) -> None:
    backends._remember(task, backends.Verdict(backend, {backend: 1.0}))


def test_both_are_tried_and_the_faster_one_is_chosen(task: Task) -> None:
    verdict = backends.measure(task)
    assert set(verdict.seconds) == set(Backend)
    assert verdict.seconds[verdict.backend] == min(verdict.seconds.values()) > 0


def test_a_machine_is_measured_once(task: Task) -> None:
    first = backends.measure(task)
    assert backends.remembered(task) == first == backends.measure(task)


def test_nothing_is_remembered_of_other_weights_or_threads(task: Task) -> None:
    remember(task, Backend.ONNXRUNTIME)
    assert backends.remembered(task)
    assert backends.remembered(replace(task, threads=2)) is None
    assert backends.remembered(replace(task, weights_sha256="other")) is None


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"%s": 7}', '{"%s": {"backend": "abacus", "seconds": {}}}']
)
def test_a_spoilt_memory_counts_as_none(task: Task, content: str) -> None:
    text = content.replace("%s", backends._fingerprint(task))
    (task.path.parent / "backends.json").write_text(text)
    assert backends.remembered(task) is None


def test_what_is_remembered_of_others_stays(task: Task) -> None:
    remember(replace(task, threads=7), Backend.OPENVINO)
    remember(task, Backend.ONNXRUNTIME)
    assert len(json.loads((task.path.parent / "backends.json").read_text())) == 2


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(task: Task, tmp_path: Path) -> None:
    elsewhere = tmp_path / "backends.json"
    elsewhere.mkdir()  # root may write everywhere, but not over a folder
    assert backends.measure(task).seconds
    assert backends.remembered(task) is None


@pytest.mark.parametrize("backend", Backend)
def test_the_remembered_one_runs_the_model(task: Task, backend: Backend) -> None:
    remember(task, backend)
    assert backends.load(task).backend.lower().replace(" ", "").startswith(backend)


@pytest.mark.parametrize("backend", Backend)
def test_a_wish_counts_more_than_the_verdict(task: Task, backend: Backend) -> None:
    remember(task, next(other for other in Backend if other is not backend))
    assert backends.load(task, backend).backend.lower().replace(" ", "").startswith(backend)


def test_where_one_library_is_missing_the_other_is_used(
    task: Task, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "images.engine.networks.openvino", None)
    remember(task, Backend.OPENVINO)
    assert backends.load(task).backend.startswith("ONNX Runtime")
    assert "openvino does not run tiny" in caplog.text


def test_a_file_that_neither_can_load(task: Task) -> None:
    task.path.write_bytes(b"no network")
    assert backends.measure(task).seconds == {}
    with pytest.raises(ModelUnavailable):
        backends.load(task)


def test_wrong_weights_are_not_even_tried(tmp_path: Path) -> None:
    install_tiny(tmp_path).write_bytes(b"no network")
    with pytest.raises(ModelUnavailable):
        backends.prepare(tmp_path, tiny_model(), 1)


def test_the_faster_trial_wins() -> None:
    trials = {Backend.OPENVINO: Trial(2.0, MASK), Backend.ONNXRUNTIME: Trial(1.0, MASK)}
    assert judge(trials).backend is Backend.ONNXRUNTIME


@pytest.mark.parametrize("other", [1 - MASK, np.full_like(MASK, np.nan), np.roll(MASK, 5)])
def test_a_faster_one_with_another_mask_loses(other: np.ndarray, caplog: pytest.LogCaptureFixture) -> None:
    trials = {Backend.OPENVINO: Trial(1.0, other), Backend.ONNXRUNTIME: Trial(2.0, MASK)}
    assert judge(trials).backend is Backend.ONNXRUNTIME
    assert "another mask" in caplog.text


def test_last_digits_do_not_make_another_mask() -> None:
    trials = {Backend.OPENVINO: Trial(1.0, MASK * np.float32(0.995)), Backend.ONNXRUNTIME: Trial(2.0, MASK)}
    assert judge(trials).backend is Backend.OPENVINO


def test_one_that_crashed_loses() -> None:
    assert judge({Backend.OPENVINO: Trial(9.0, MASK), Backend.ONNXRUNTIME: None}).backend is Backend.OPENVINO


@pytest.mark.parametrize(("processes", "cores"), [(1, 4), (2, 2), (3, 1), (9, 1)])
def test_processes_share_the_cores(monkeypatch: pytest.MonkeyPatch, processes: int, cores: int) -> None:
    monkeypatch.setattr(backends.os, "sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(backends, "_quota", lambda: 1 << 16)
    assert backends.threads_for(processes) == cores


def test_a_faster_precision_wins() -> None:
    trials = {
        "openvino": Trial(1.0, MASK),
        "openvino int8": Trial(0.5, MASK),
        "onnxruntime": Trial(2.0, MASK),
    }
    verdict = judge(trials)
    assert (verdict.backend, verdict.precision) == (Backend.OPENVINO, Precision.INT8)


def test_a_precision_that_spoils_the_mask_loses() -> None:
    trials = {
        "openvino": Trial(1.0, MASK),
        "openvino int8": Trial(0.5, 1 - MASK),
        "onnxruntime": Trial(2.0, MASK),
    }
    assert judge(trials).precision is None


def test_a_precision_is_remembered(task: Task) -> None:
    verdict = backends.Verdict(Backend.OPENVINO, {"openvino int8": 1.0}, Precision.INT8)
    backends._remember(task, verdict)
    assert backends.remembered(task) == verdict


def test_another_precision_is_another_question(task: Task) -> None:
    remember(task, Backend.OPENVINO)
    assert backends.remembered(replace(task, precision=Precision.F32)) is None


def test_a_wish_for_a_precision_is_heeded(task: Task) -> None:
    wishing = replace(task, precision=Precision.F32)
    assert backends.measure(wishing).seconds
    assert backends.load(wishing).backend.endswith("fp32")
