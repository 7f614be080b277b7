"""Deleting what is no longer needed (promise P16).

Each app registers what it deletes when it starts; this app carries the rules out, one after the
other, and keeps a record of each run.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bgbegone.lib import overwriting
from bgbegone.lib.words import Words
from policy import erasures
from policy.models import Erasure, RetentionRun

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """`delete` removes what has expired and returns how many; `every` is the time between two runs.

    `what` says to people what is deleted.
    """

    name: str
    delete: Callable[[], int]
    every: timedelta
    what: Words

    def is_due(self) -> bool:
        last = RetentionRun.objects.latest_of(self.name)
        now = timezone.now()
        # A run of the future is from before the clock was turned back.
        return last is None or not now - self.every < last.ran_at <= now


_rules: dict[str, Rule] = {}


def register(
    name: str, *, every: timedelta, what: Words = ""
) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Decorate a function that deletes what has expired and returns the number."""

    def add(delete: Callable[[], int]) -> Callable[[], int]:
        _rules[name] = Rule(name, delete, every, what or name)
        return delete

    return add


def rules() -> list[Rule]:
    return list(_rules.values())


def delete_expired() -> None:
    """Carry out every rule that is due. One that fails is logged and does not stop the others.

    Whatever was deleted since the last run, here or by its owner, is then gone from the files, too.
    """
    for rule in rules():
        if rule.is_due():
            _carry_out(rule)
    _copy_erasures()
    overwriting.empty_log()


def _copy_erasures() -> None:
    try:
        erasures.copy_out()
    except Exception:
        # A store that is away must not keep the log of the database full; the next run copies all of it.
        logger.exception("list of what was deleted not copied")


def _carry_out(rule: Rule) -> None:
    run = RetentionRun.objects.create(rule=rule.name)
    try:
        run.deleted = rule.delete()
        run.is_complete = True
        run.save(update_fields=["deleted", "is_complete"])
    except Exception:
        # The record stays incomplete, and the next tick tries again where this one broke off.
        logger.exception("retention rule failed", extra={"rule": rule.name})
        return
    if run.deleted:
        logger.info("retention", extra={"rule": rule.name, "deleted": run.deleted})


@register("retention-runs", every=timedelta(days=1), what=_("The record of these runs itself"))
def _delete_old_runs() -> int:
    return RetentionRun.objects.expired().delete()[0]


@register("erasures", every=timedelta(days=1), what=_("Numbers of what was deleted, kept for the backups"))
def _delete_old_erasures() -> int:
    limit = erasures.kept_since() - erasures.SLACK
    return Erasure.objects.filter(erased_at__lt=limit).delete()[0] + erasures.delete_copies(limit)
