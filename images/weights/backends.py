"""Which of the two inference libraries runs a model here: measured once for each machine, then remembered.

Each is tried in a process of its own, so that a library that crashes on this processor takes nobody along
and what it allocates is gone afterwards. The verdict lies beside the weights.
"""

import fcntl
import hashlib
import json
import logging
import os
import pickle
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from images.engine.errors import ModelUnavailable
from images.engine.matte.predict import input_tensor
from images.engine.networks.catalogue import Model
from images.engine.networks.network import Network
from images.engine.networks.precision import Precision
from images.engine.networks.ranges import layers_of
from images.engine.photo import Photo
from images.weights import locate, verify

logger = logging.getLogger(__name__)

_MEMORY = "backends.json"
_TRIAL_SECONDS = 300
_RUNS, _ENOUGH_SECONDS = 3, 10.0
# bf16 moves IS-Net's probabilities by 0.00005 in the mean; a library that computes nonsense passes neither.
_LEAST_IOU, _MOST_DIFFERENCE = 0.98, 0.01


_Name = TypeVar("_Name", bound=str)


class Backend(StrEnum):
    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"


# The faster one on most processors first, where nothing has been measured.
_UNMEASURED = (Backend.OPENVINO, Backend.ONNXRUNTIME)


@dataclass(frozen=True, slots=True)
class Task:
    """A model whose weights are verified, and how many threads may run it."""

    path: Path
    model: Model
    weights_sha256: str
    threads: int
    precision: Precision | None = None  # what the operator wants; None leaves it to a measurement

    def load(self, backend: Backend) -> Network:
        """Raises ModelUnavailable. Imports the library here: only who runs a model may pay for it."""
        facts = (self.path, self.model, self.weights_sha256, self.threads)
        if backend is Backend.OPENVINO and not self.model.is_run_by_rembg:
            from images.engine.networks.openvino import OpenvinoNetwork

            return OpenvinoNetwork(*facts, self.precision)
        if self.precision not in (None, Precision.F32):
            raise ModelUnavailable("no_precision", {"model": self.model.name, "precision": self.precision})
        if self.model.is_run_by_rembg:
            from images.engine.networks.rembg import RembgNetwork

            return RembgNetwork(*facts)
        from images.engine.networks.onnxruntime import OnnxNetwork

        return OnnxNetwork(*facts)

    @property
    def choices(self) -> dict[str, tuple[Backend, Precision | None]]:
        """What may be measured, by the name that a verdict shows."""
        choices: dict[str, tuple[Backend, Precision | None]] = {
            str(backend): (backend, self.precision) for backend in Backend
        }
        if self.precision is None and layers_of(self.model.name):
            choices[f"{Backend.OPENVINO} {Precision.INT8}"] = (Backend.OPENVINO, Precision.INT8)
        return choices


@dataclass(frozen=True, slots=True)
class Trial:
    """One backend's fastest run and its mask of the drawn picture, float32 (S, S)."""

    seconds: float
    mask: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The backend and precision to use, and the seconds of each that could run the model."""

    backend: Backend
    seconds: Mapping[str, float]
    precision: Precision | None = None


def threads_for(processes: int) -> int:
    """The cores that this process may use, shared among as many processes; at least one."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cores, _quota()) // processes)


def _quota() -> int:
    """Whole cores that a container may use; more than any machine has where nothing limits it."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return 1 << 16


def prepare(folder: Path, model: Model, threads: int, precision: Precision | None = None) -> Task:
    """Raises ModelUnavailable if the weights are missing or wrong."""
    path = locate(folder, model)
    return Task(path, model, verify(path, model), threads, precision)


def load(task: Task, wanted: Backend | None = None, verdict: Verdict | None = None) -> Network:
    """The model, run by the wanted backend; without a wish by that of the verdict, given or remembered.

    If that one cannot load it, the other does and the log says so. Raises ModelUnavailable.
    """
    if wanted or task.model.is_run_by_rembg:
        return task.load(wanted or Backend.ONNXRUNTIME)
    best = verdict or remembered(task)
    first, second = _UNMEASURED if best is None or best.backend is _UNMEASURED[0] else _UNMEASURED[::-1]
    try:
        return (replace(task, precision=best.precision) if best and best.precision else task).load(first)
    except (ModelUnavailable, ImportError) as err:
        logger.warning("%s does not run %s (%s); %s is tried", first, task.model.name, err, second)
        return task.load(second)


def measure(task: Task) -> Verdict:
    """The verdict on this machine: the remembered one, or a new one, which takes some seconds."""
    if task.model.is_run_by_rembg:
        return Verdict(Backend.ONNXRUNTIME, {})  # there is no choice
    with _one_at_a_time(task.path.parent):
        known = remembered(task)
        if known:
            return known
        trials = {
            name: _tried(replace(task, precision=precision), backend)
            for name, (backend, precision) in task.choices.items()
        }
        verdict = judge(trials)
        _remember(task, verdict)
    logger.info("backend measured", extra={"model": task.model.name, **asdict(verdict)})
    return verdict


def judge(trials: Mapping[_Name, Trial | None]) -> Verdict:
    """The fastest, unless its mask is another one than that of ONNX Runtime, which is the reference.

    A name is that of a backend, and of a precision after it if it is not the backend's own.
    """
    named = {str(name): trial for name, trial in trials.items()}
    reference = named.get(Backend.ONNXRUNTIME)
    seconds = {}
    for name, trial in named.items():
        if trial is None:
            logger.warning("%s cannot run this model here", name)
        elif reference and not _is_same(trial.mask, reference.mask):
            logger.warning("%s gives another mask than the reference and is not used", name)
        else:
            seconds[name] = trial.seconds
    if not seconds:
        return Verdict(Backend.ONNXRUNTIME, {})  # loading it will say what is wrong
    backend, _, precision = min(seconds, key=seconds.__getitem__).partition(" ")
    return Verdict(Backend(backend), seconds, Precision(precision) if precision else None)


def _is_same(mask: NDArray[np.float32], reference: NDArray[np.float32]) -> bool:
    if not np.abs(mask - reference).mean() <= _MOST_DIFFERENCE:  # true for NaN too
        return False
    ours, theirs = mask >= 0.5, reference >= 0.5
    union = np.count_nonzero(ours | theirs)
    return union == 0 or bool(np.count_nonzero(ours & theirs) >= _LEAST_IOU * union)


def _tried(task: Task, backend: Backend) -> Trial | None:
    with TemporaryDirectory(prefix="background-be-gone-") as folder:
        target = Path(folder) / "trial.npz"
        command = [sys.executable, "-m", "images.weights.backends"]
        try:
            subprocess.run(
                command,
                input=pickle.dumps((task, backend, target)),
                cwd=Path(__file__).parents[2],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_TRIAL_SECONDS,
                check=True,
            )
        except (subprocess.SubprocessError, OSError):
            return None
        with np.load(target) as found:
            return Trial(float(found["seconds"]), found["mask"])


def _try() -> None:
    """What the child does: load, warm up, take the fastest run of a few."""
    task, backend, target = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 (written by `_tried`)
    network, tensor = task.load(backend), input_tensor(Photo(_drawing()), task.model)
    mask = network.run(tensor)
    seconds: list[float] = []
    while len(seconds) < _RUNS and sum(seconds) < _ENOUGH_SECONDS:
        started = time.perf_counter()
        network.run(tensor)
        seconds.append(time.perf_counter() - started)
    np.savez(target, seconds=min(seconds), mask=mask)


def _drawing() -> Image.Image:
    """A disc before a wall: every general model sees it."""
    picture = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    ImageDraw.Draw(picture).ellipse((200, 100, 440, 340), fill=(220, 60, 30))
    return picture


def remembered(task: Task) -> Verdict | None:
    """The verdict on this model, these libraries, this processor and this number of threads."""
    found = _memory(task.path.parent).get(_fingerprint(task))
    try:
        if not found:
            return None
        precision = found.get("precision")
        return Verdict(
            Backend(found["backend"]), dict(found["seconds"]), Precision(precision) if precision else None
        )
    except (AttributeError, TypeError, KeyError, ValueError):
        return None  # written by another version, or by hand


def _memory(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / _MEMORY).read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _remember(task: Task, verdict: Verdict) -> None:
    folder = task.path.parent
    memory = {**_memory(folder), _fingerprint(task): asdict(verdict)}
    try:
        with NamedTemporaryFile("w", dir=folder, prefix=".backends.", suffix=".part", delete=False) as part:
            json.dump(memory, part, indent=1)
        Path(part.name).chmod(0o644)  # the worker may run as somebody else
        Path(part.name).replace(folder / _MEMORY)
    except OSError as err:
        logger.info("the measured backend cannot be remembered in %s (%s)", folder, err.strerror)


def _fingerprint(task: Task) -> str:
    facts = [
        task.weights_sha256,
        str(task.threads),
        str(task.precision),
        repr(layers_of(task.model.name)),
        *(f"{backend} {version(backend)}" for backend in Backend),
        platform.machine(),
        _processor(),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]


def _processor() -> str:
    """Its name and abilities, as Linux tells them."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
        return "\n".join(line for line in lines if line.startswith(("model name", "flags", "Features")))
    return platform.processor()


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Of several workers that start together one measures, and the others wait for its verdict."""
    try:
        lock = (folder / ".backends.lock").open("w")
    except OSError:  # a folder that cannot be written to: each measures for itself
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    _try()
