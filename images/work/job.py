"""A row that is a piece of work, whatever a worker makes of it: a cut-out, a rendition, a preparation.

queued → running → done | failed        failed → queued when it is asked for again, running → queued by the
sweeper. Each move is a guarded UPDATE: whoever changes the one row has won.
"""

import errno
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from images import storage
from images.engine.errors import EngineError
from images.work.failures import Failure, TooSlow

logger = logging.getLogger(__name__)

# A worker writes its pulse every `PULSE`; a job or worker silent for `SILENCE` is taken for dead.
PULSE = timedelta(seconds=2)
SILENCE = timedelta(seconds=10)
# So long a failure stands, even one that may have passed: whoever waits asks every few seconds, and would
# begin it anew without ever being told.
_TOLD = timedelta(seconds=60)

_QUEUED, _RUNNING, _DONE, _FAILED = "queued", "running", "done", "failed"

Row = TypeVar("Row", bound=models.Model)


def heard_between() -> tuple[datetime, datetime]:
    """When somebody who lives has written a pulse last."""
    now = timezone.now()
    return now - SILENCE, now + SILENCE


class JobQuerySet(models.QuerySet[Row]):
    def active(self) -> Self:
        return self.filter(status__in=[_QUEUED, _RUNNING])

    def silent(self) -> Self:
        """Running, but the worker has stopped writing its pulse.

        One that comes from the future was written before the clock was turned back.
        """
        return self.filter(status=_RUNNING).exclude(pulse_at__range=heard_between())

    def unused(self, since: timedelta) -> Self:
        """Over, and wanted by nobody for so long. They can be made again at any time."""
        return self.filter(status__in=[_DONE, _FAILED], last_used_at__lt=timezone.now() - since)


class Job(models.Model):
    """What every kind of job is; its own model says which it waits for, and what came out."""

    # How log lines call it, and what is loaded with a claimed row.
    noun: ClassVar[str]
    loaded_with: ClassVar[str] = "cutout__photo"
    # Whoever brought down its worker this often is to blame itself.
    most_attempts: ClassVar[int] = 3

    class Status(models.TextChoices):
        QUEUED = _QUEUED, pgettext_lazy("photo", "Waiting")
        RUNNING = _RUNNING, pgettext_lazy("photo", "Working")
        DONE = _DONE, pgettext_lazy("photo", "Ready")
        FAILED = _FAILED, pgettext_lazy("photo", "Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=_QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Who is working on it: a worker that lost its claim may no longer write the result.
    claim = models.UUIDField(null=True, blank=True)
    pulse_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # What came out, as a name in the store.
    file = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_active(self) -> bool:
        return self.status in (_QUEUED, _RUNNING)

    @property
    def is_done(self) -> bool:
        return self.status == _DONE

    @property
    def may_be_tried_again(self) -> bool:
        """It failed for a reason that may have passed, and a while ago."""
        if self.status != _FAILED or not Failure(self.error_code, {}).is_retryable:
            return False
        return self.finished_at is None or self.finished_at < timezone.now() - _TOLD

    @classmethod
    def tell(cls, pk: uuid.UUID) -> None:
        """Called within the transaction of each move, for who wants to know."""

    @classmethod
    def claim_first(cls, waiting: "models.QuerySet[Any]", **fields: Any) -> Self | None:
        """Move the first of these rows to running, and load it; None when nothing waits any more."""
        rows = cls._default_manager.select_related(cls.loaded_with)
        while pk := waiting.values_list("pk", flat=True).first():
            # One that was deleted just then is not the last.
            if cls._claimed(pk, fields) and (job := rows.filter(pk=pk).first()):
                return job
        return None

    @classmethod
    def _claimed(cls, pk: uuid.UUID, fields: dict[str, Any]) -> bool:
        now = timezone.now()
        changes = {"claim": uuid.uuid4(), "started_at": now, "pulse_at": now, **fields}
        with transaction.atomic():
            won = cls._default_manager.filter(pk=pk, status=_QUEUED).update(status=_RUNNING, **changes)
            if won:
                cls.tell(pk)
        return won == 1

    def mine(self) -> "models.QuerySet[Any]":
        """The row, as long as this worker's claim holds."""
        running = type(self)._default_manager.filter(pk=self.pk, status=_RUNNING)
        return running.filter(claim=self.claim)

    def move(self, **fields: Any) -> bool:
        """Change the row; False when this worker's claim holds no more."""
        with transaction.atomic():
            moved = self.mine().update(**fields)
            if moved:
                self.tell(self.pk)
        return moved == 1

    def finish(self, **fields: Any) -> bool:
        return self.move(status=_DONE, finished_at=timezone.now(), claim=None, **fields)

    def fail(self, code: str, params: dict[str, Any] | None = None) -> bool:
        moved = self.move(
            status=_FAILED,
            error_code=code,
            error_params=params or {},
            finished_at=timezone.now(),
            claim=None,
        )
        if moved:
            logger.info("%s failed", self.noun, extra={"job": self.pk, "code": code})
        return moved

    def put_back(self, **fields: Any) -> bool:
        """At the end of the line: if this one is what kills workers, the others come first."""
        again = {"attempts": self.attempts + 1, "queued_at": timezone.now(), "claim": None, **fields}
        moved = self.move(status=_QUEUED, **again)
        if moved:
            logger.warning("%s put back", self.noun, extra={"job": self.pk})
        return moved

    @property
    def has_tried_enough(self) -> bool:
        return self.attempts + 1 >= self.most_attempts


Fail = Callable[[str, dict[str, Any]], object]


def attempt(job: Job, work: Callable[[], object], fail: Fail) -> None:
    """Do the work on a claimed job; what goes wrong becomes a failure that its owner can read."""
    try:
        work()
    except EngineError as err:
        fail(err.code, err.params)
    except FileNotFoundError:
        fail("file_vanished", {})
    except TooSlow:
        fail("too_slow", {})
    except Exception as err:
        if storage.is_away(err):
            # It waits as it would without a worker; a store that is away is nothing that it has tried.
            logger.warning("the store is away", extra={"job": job.pk, "reason": type(err).__name__})
            job.put_back(attempts=job.attempts)
            return
        fail("storage_full" if _is_full(err) else "internal", {})
        what = "store or disk" if isinstance(err, OSError) else job.noun
        logger.exception("%s failed", what, extra={"job": job.pk})


def _is_full(err: Exception) -> bool:
    return isinstance(err, OSError) and err.errno in (errno.ENOSPC, errno.EDQUOT)
