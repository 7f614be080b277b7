"""What is wrong with the service at this moment, in sentences for whoever runs it.

Each app registers what it can tell when it starts. The dashboard shows the sentences, and `accounts.alarms`
mails them.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from policy import retention
from policy.models import RetentionRun

# Sentences in the language of now; none when all is well.
Look = Callable[[], Iterable[str]]

_looks: list[Look] = []


def register(look: Look) -> Look:
    _looks.append(look)
    return look


def now() -> list[str]:
    return list(chain.from_iterable(look() for look in _looks))


# The slowest rules run once a day; one that has begun a moment ago is still at work.
_LAST_RUNS, _AT_WORK = timedelta(hours=26), timedelta(minutes=10)


@register
def _deletion_runs_that_failed() -> Iterable[str]:
    moment = timezone.now()
    unfinished = RetentionRun.objects.filter(
        is_complete=False, ran_at__gte=moment - _LAST_RUNS, ran_at__lt=moment - _AT_WORK
    )
    failed = dict(unfinished.order_by("ran_at").values_list("rule", "ran_at"))
    for rule in retention.rules():
        if rule.name in failed and not _has_run_since(rule.name, failed[rule.name]):
            yield _("A deletion run failed: %(rule)s.") % {"rule": rule.what}


def _has_run_since(rule: str, moment: datetime) -> bool:
    return RetentionRun.objects.filter(rule=rule, ran_at__gt=moment, is_complete=True).exists()
