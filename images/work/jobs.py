"""The life of a cut-out. Each move is a guarded UPDATE: whoever changes the one row has won.

queued → running → done | failed        failed → queued on a retry, running → queued by the sweeper,
queued ↔ held while its owner has paused it
"""

import errno
import hashlib
import logging
import uuid
import zlib
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from images import engine, storage
from images.engine.errors import EngineError, ModelUnavailable
from images.work import moves, results, worker
from images.work.bell import ring
from images.work.failures import TooSlow
from images.work.models import Cutout, Worker
from images.work.wishes import options_of
from policy import figures

logger = logging.getLogger(__name__)

# A photo that has brought down its worker this often is to blame itself.
MOST_ATTEMPTS = 5
RINGS_PER_SWEEP = 4


def process_next() -> bool:
    """Take the next waiting photo and cut it out; False when there was none or no model to do it."""
    try:
        network = worker.network()
    except ModelUnavailable:
        return False  # it waits: nothing has been claimed
    cutout = claim_next()
    if cutout is None:
        return False
    with worker.working_on(cutout.claim):
        cut_out(cutout, network)
    return True


def claim_next(queue: str | None = None) -> Cutout | None:
    """Move the first waiting cut-out to running; of one queue, or of both."""
    waiting = Cutout.objects.waiting()
    if queue:
        waiting = waiting.filter(queue=queue)
    while candidate := waiting.values_list("pk", flat=True).first():
        if _claim(candidate):
            return Cutout.objects.select_related("photo").get(pk=candidate)
    return None


def _claim(pk: uuid.UUID) -> bool:
    now = timezone.now()
    with transaction.atomic():
        won: int = Cutout.objects.filter(pk=pk, status=Cutout.Status.QUEUED).update(
            status=Cutout.Status.RUNNING,
            claim=uuid.uuid4(),
            started_at=now,
            pulse_at=now,
            stage=Cutout.Stage.DECODE,
        )
        if won:
            moves.announce(pk)
    return won == 1


def cut_out(cutout: Cutout, network: engine.Network) -> None:
    """What becomes of a cut-out that has been claimed: done, or failed for a reason that its owner reads."""
    facts = {"photo": cutout.photo_id, "cutout": cutout.pk}
    try:
        _finish(cutout, _run_engine(cutout, network))
    except EngineError as err:
        _fail(cutout, err.code, err.params)
    except FileNotFoundError:
        _fail(cutout, "file_vanished")
    except TooSlow:
        _fail(cutout, "too_slow")
    except OSError as err:
        full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        _fail(cutout, "storage_full" if full else "internal")
        logger.exception("store or disk failed", extra=facts)
    except Exception:
        _fail(cutout, "internal")
        logger.exception("cut-out failed", extra=facts)


def _run_engine(cutout: Cutout, network: engine.Network) -> engine.Cutout:
    with default_storage.open(cutout.photo.file) as file:
        data = file.read()
    return engine.remove_background(
        data,
        network,
        options_of(cutout.options),
        on_stage=partial(_report, cutout),
    )


def _mine(cutout: Cutout) -> Any:
    """The row, as long as this worker's claim holds."""
    return Cutout.objects.filter(pk=cutout.pk, status=Cutout.Status.RUNNING, claim=cutout.claim)


def _move(cutout: Cutout, **fields: Any) -> bool:
    """Change the row and tell whoever listens; False when this worker's claim holds no more."""
    with transaction.atomic():
        moved: int = _mine(cutout).update(**fields)
        if moved:
            moves.announce(cutout.pk)
    return moved == 1


def _report(cutout: Cutout, stage: str) -> None:
    _mine(cutout).update(stage=stage)


def _fail(cutout: Cutout, code: str, params: dict[str, Any] | None = None) -> None:
    moved = _move(
        cutout,
        status=Cutout.Status.FAILED,
        error_code=code,
        error_params=params or {},
        finished_at=timezone.now(),
        claim=None,
    )
    if moved:
        results.announce_failure(cutout, code)
        _count(cutout, "jobs.failed")
        logger.info("cut-out failed", extra={"cutout": cutout.pk, "code": code})


def _count(cutout: Cutout, key: str) -> None:
    """For the dashboard: how many, and how long they waited and took. After the transaction of the job,
    so that workers do not wait for each other at the day's row."""
    started = cutout.started_at or timezone.now()
    figures.add(key)
    figures.add("jobs.wait_ms", _milliseconds(started - cutout.queued_at))
    figures.add("jobs.work_ms", _milliseconds(timezone.now() - started))


def _milliseconds(time: timedelta) -> int:
    return max(round(time / timedelta(milliseconds=1)), 0)


def _finish(cutout: Cutout, result: engine.Cutout) -> None:
    """Store the result, then make it known; a worker that has lost its claim takes its files back."""
    _report(cutout, Cutout.Stage.STORE)
    written: list[str] = []
    try:
        for data, extension in (
            (result.data, "png"),
            (result.preview, "webp"),
            (result.source_preview, "webp"),
        ):
            written.append(storage.write(cutout.photo_id, ContentFile(data), extension))
        won = _publish(cutout, result, *written)
    except BaseException:
        storage.delete(written)
        raise
    if won:
        _count(cutout, "jobs.done")
        seconds = sum(result.stage_seconds.values())
        logger.info("cut-out done", extra={"cutout": cutout.pk, "seconds": round(seconds, 2)})
    else:
        _take_back(cutout, written)


def _take_back(cutout: Cutout, written: list[str]) -> None:
    """Another worker has done it, or the photo was deleted, and then nothing of it may remain."""
    storage.delete(written)
    if not Cutout.objects.filter(pk=cutout.pk).exists():
        storage.delete_folder(cutout.photo_id)
    logger.info("cut-out not needed any more", extra={"cutout": cutout.pk})


def _publish(cutout: Cutout, result: engine.Cutout, file: str, preview: str, source_preview: str) -> bool:
    try:
        with transaction.atomic():
            won: int = _mine(cutout).update(
                status=Cutout.Status.DONE,
                finished_at=timezone.now(),
                claim=None,
                file=file,
                preview=preview,
                width=result.width,
                height=result.height,
                stage_seconds=result.stage_seconds,
                model=result.model,
                weights_sha256=result.weights_sha256,
                backend=result.backend,
                companion=result.companion,
                confidence=result.confidence,
                subject=list(result.subject),
                bytes=len(result.data),
                crc32=zlib.crc32(result.data),
                sha256=hashlib.sha256(result.data).hexdigest(),
            )
            if won:
                moves.announce(cutout.pk)
                results.announce(results.Result(cutout, source_preview))
            return won == 1
    except IntegrityError:
        return False  # the photo was deleted at this very moment


def sweep() -> None:
    """Put back what dead workers left behind, forget them, and ring for whatever waits."""
    for cutout in Cutout.objects.silent():
        _put_back(cutout)
    Worker.objects.forgotten().delete()
    waiting = Cutout.objects.waiting()[:RINGS_PER_SWEEP]
    for cutout in waiting:
        ring(cutout.queue, expires=10)


def _put_back(cutout: Cutout) -> None:
    if cutout.attempts + 1 >= MOST_ATTEMPTS:
        _fail(cutout, "gave_up")
        return
    # At the end of the line: if the photo is what kills workers, the others come first.
    last = Cutout.objects.filter(status=Cutout.Status.QUEUED, queue=cutout.queue).aggregate(Max("turn"))
    moved = _move(
        cutout,
        status=Cutout.Status.QUEUED,
        attempts=cutout.attempts + 1,
        queued_at=timezone.now(),
        turn=max(cutout.turn, last["turn__max"] or 0),
        claim=None,
        stage="",
    )
    if moved:
        logger.warning("cut-out put back", extra={"cutout": cutout.pk})
