"""The life of a cut-out. Each move is a guarded UPDATE: whoever changes the one row has won.

queued → running → done | failed        failed → queued on a retry, running → queued by the sweeper,
queued ↔ held while its owner has paused it
"""

import hashlib
import logging
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error as DatabaseFailure
from django.db import IntegrityError, transaction
from django.utils import timezone

from images import engine, storage
from images.engine.errors import ModelUnavailable
from images.work import results, worker
from images.work.bell import ring
from images.work.job import Job, attempt
from images.work.models import Cutout, Worker
from images.work.wishes import options_of
from policy import figures

logger = logging.getLogger(__name__)

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
    return Cutout.claim_first(waiting, stage=Cutout.Stage.DECODE)


def cut_out(cutout: Cutout, network: engine.Network) -> None:
    """What becomes of a cut-out that has been claimed: done, or failed for a reason that its owner reads."""
    attempt(cutout, lambda: _finish(cutout, _run_engine(cutout, network)), partial(_fail, cutout))


def _run_engine(cutout: Cutout, network: engine.Network) -> engine.Cutout:
    with default_storage.open(cutout.photo.file) as file:
        data = file.read()
    return engine.remove_background(
        data,
        network,
        options_of(cutout.options),
        on_stage=partial(_report, cutout),
    )


def _report(cutout: Cutout, stage: str) -> None:
    cutout.mine().update(stage=stage)


def _fail(cutout: Cutout, code: str, params: dict[str, Any]) -> None:
    with transaction.atomic():
        # Whoever is told of it is told together with the row, also when the process is killed in between.
        lost = cutout.fail(code, params)
        if lost:
            results.announce_failure(cutout, code)
    if lost:
        _count(cutout, "jobs.failed")


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
    with storing(cutout) as written:
        for data, extension in (
            (result.data, "png"),
            (result.preview, "webp"),
            (result.source_preview, "webp"),
        ):
            written.append(storage.write(cutout.photo_id, ContentFile(data), extension))
        won = _publish(cutout, result, *written)
    if won:
        _count(cutout, "jobs.done")
        seconds = sum(result.stage_seconds.values())
        logger.info("cut-out done", extra={"cutout": cutout.pk, "seconds": round(seconds, 2)})
    else:
        take_back(written, cutout=cutout.pk, photo=cutout.photo_id)


@contextmanager
def storing(job: Job) -> Iterator[list[str]]:
    """Names of files that are written in the block. When it fails they are deleted, unless the row has them:
    the time of a job may be over, or the line to the database break, just after it was made known."""
    written: list[str] = []
    try:
        yield written
    except BaseException:
        if not _is_known(job, written):
            storage.delete(written)
        raise


def _is_known(job: Job, written: list[str]) -> bool:
    """Whether the row names these files, or cannot be asked: then they stay, and go with their photo."""
    try:
        return type(job)._default_manager.filter(pk=job.pk, file__in=written).exists()
    except DatabaseFailure:
        return True


def take_back(written: list[str], *, cutout: uuid.UUID, photo: uuid.UUID) -> None:
    """Another worker has done it, or the photo was deleted, and then nothing of it may remain."""
    storage.delete(written)
    if not Cutout.objects.filter(pk=cutout).exists():
        storage.delete_folder(photo)
    logger.info("result not needed any more", extra={"cutout": cutout})


def _publish(cutout: Cutout, result: engine.Cutout, file: str, preview: str, source_preview: str) -> bool:
    try:
        with transaction.atomic():
            won = cutout.finish(
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
                results.announce(results.Result(cutout, source_preview))
            return won
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
    if cutout.has_tried_enough:
        _fail(cutout, "gave_up", {})
        return
    cutout.put_back()
