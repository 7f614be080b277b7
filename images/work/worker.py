"""One engine per worker process, and the pulse by which the others know that it lives."""

import logging
import resource
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import signals
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from images.engine import Network
from images.engine.errors import ModelUnavailable
from images.engine.networks import catalogue
from images.engine.networks.catalogue import Model
from images.engine.networks.precision import Precision
from images.engine.networks.ranges import layers_of
from images.weights import backends
from images.work.job import PULSE
from images.work.models import Cutout, Worker

logger = logging.getLogger(__name__)

# How often a worker looks whether the weights of its network's companion have arrived.
_COMPANION_SECONDS = 5


class _Process:
    """What this process holds."""

    def __init__(self) -> None:
        self.held: set[tuple[type[models.Model], uuid.UUID | None]] = set()

    network: Network | None = None
    problem = ""
    worker_id = uuid.UUID(int=0)
    stopped: threading.Event | None = None


_process = _Process()


def network() -> Network:
    """The process's network, built at the first call. Raises `ModelUnavailable` while it cannot be."""
    if _process.network is None:
        _process.network = _build()
        _process.problem = ""
    return _process.network


def _build() -> Network:
    try:
        model = catalogue.choose(settings.MODEL, settings.ALLOW_NONCOMMERCIAL_MODELS)
        task = task_of(model)
        wanted = wanted_backend()
        built = backends.load(task, wanted, None if wanted else backends.measure(task))
    except ModelUnavailable as err:
        if _process.problem != err.code:
            logger.warning("photos wait: no model", extra={"reason": str(err)})
        _process.problem = err.code
        raise
    facts = {"model": model.name, "backend": built.backend, "weights": built.weights_sha256[:12]}
    logger.info("engine ready", extra=facts)
    return built


def wanted_backend() -> backends.Backend | None:
    """What the operator wants; None leaves it to a measurement."""
    return None if settings.BACKEND == "auto" else backends.Backend(settings.BACKEND)


def task_of(model: Model) -> backends.Task:
    """Raises ModelUnavailable if the weights are missing or wrong."""
    return backends.prepare(settings.BGBEGONE_MODELS, model, threads(), precision_for(model))


def precision_for(model: Model) -> Precision | None:
    """What the operator wants; None leaves it to a measurement. A companion without ranges is not reduced."""
    if settings.PRECISION == "auto":
        return None
    wanted = Precision(settings.PRECISION)
    is_reducible = model.name == settings.MODEL or bool(layers_of(model.name))
    return wanted if wanted is not Precision.INT8 or is_reducible else None


def threads() -> int:
    """A worker's share of the cores."""
    return backends.threads_for(settings.WORKER_PROCESSES)


@contextmanager
def working_on(claim: uuid.UUID | None, of: type[models.Model] = Cutout) -> Iterator[None]:
    """Let the pulse vouch for a claim, on a row of this model of jobs."""
    held = (of, claim)
    _process.held.add(held)
    try:
        yield
    finally:
        _process.held.discard(held)


@signals.worker_process_init.connect
def start(**_kwargs: Any) -> None:
    """Build the engine before the first photo comes, and begin to beat."""
    _process.worker_id = uuid.uuid4()
    _process.stopped = threading.Event()
    threading.Thread(target=_beat, args=(_process.stopped,), daemon=True).start()
    try:
        network()
    except ModelUnavailable:
        pass  # said by `_build`; the pulse carries it to the page
    threading.Thread(target=_await_companion, args=(_process.stopped,), daemon=True).start()


def _await_companion(stopped: threading.Event) -> None:
    """The companion joins when its weights are there, and nobody waits for it."""
    seen: float | None = None
    while not (_process.network and join_companion(seen)):
        seen = _companion_changed_at() if _process.network else None
        if stopped.wait(_COMPANION_SECONDS):
            return


def join_companion(seen: float | None = None) -> bool:
    """Let the second network join the first; whether there is nothing left to wait for.

    `seen` is when the file changed that has been tried already.
    """
    held, model = _process.network, wanted_companion()
    if held is None or model is None or held.companion:
        return True
    changed_at = _companion_changed_at()
    if changed_at is None or changed_at == seen:
        return False
    try:
        held.companion = backends.load(task_of(model), wanted_backend())
    except ModelUnavailable as err:
        logger.warning("the second network cannot join", extra={"reason": str(err)})
        return False
    logger.info("companion ready", extra={"model": model.name, "backend": held.companion.backend})
    return True


def wanted_companion() -> Model | None:
    """The second network of the model in use, unless the operator does without."""
    model = catalogue.MODELS.get(settings.MODEL)
    return catalogue.companion_of(model) if model and settings.COMPANION else None


def _companion_changed_at() -> float | None:
    model = wanted_companion()
    try:
        return (settings.BGBEGONE_MODELS / model.file_name).stat().st_mtime if model else None
    except OSError:
        return None


@signals.worker_process_shutdown.connect
def stop(**_kwargs: Any) -> None:
    if _process.stopped:
        _process.stopped.set()
        Worker.objects.filter(pk=_process.worker_id).delete()


def _beat(stopped: threading.Event) -> None:
    while not stopped.wait(PULSE.total_seconds() if _process.problem or _process.network else 0.2):
        try:
            beat_once()
        except Exception:
            # A database that is away for a moment must not end the pulse for good.
            logger.exception("pulse missed")
            connection.close()


def beat_once() -> None:
    """Write down that this process lives, what ails it, and that its claim holds."""
    now, held = timezone.now(), _process.network
    if held or _process.problem:
        Worker.objects.update_or_create(
            pk=_process.worker_id,
            defaults={
                "pulse_at": now,
                "model": held.model.name if held else "",
                "weights_sha256": held.weights_sha256 if held else "",
                "backend": held.backend if held else "",
                "problem": _process.problem,
                "memory": _memory(),
            },
        )
    for model, claim in list(_process.held):
        model._default_manager.filter(claim=claim).update(pulse_at=now)


def _memory() -> int:
    """Bytes of this process in memory; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * resource.getpagesize()
