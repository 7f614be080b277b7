"""What is wrong with the service at this moment, in sentences for whoever runs it.

Each app registers what it can tell when it starts. The dashboard shows the sentences, and `accounts.alarms`
mails them.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import chain
from typing import Any

from django.db.models import Max, Q
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
    rows: Any = RetentionRun.objects.filter(ran_at__gte=moment - _LAST_RUNS).order_by().values_list("rule")
    rows = rows.annotate(
        failed=Max("ran_at", filter=Q(is_complete=False, ran_at__lt=moment - _AT_WORK)),
        done=Max("ran_at", filter=Q(is_complete=True)),
    )
    words = {rule.name: str(rule.what) for rule in retention.rules()}
    for rule, failed_at, done_at in rows:
        if rule in words and failed_at and (done_at is None or done_at < failed_at):
            yield _("A deletion run failed: %(rule)s.") % {"rule": words[rule]}
