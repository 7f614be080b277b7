"""Durations in buckets, so that percentiles can be had over any range of days without the single rows."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Case, CharField, Value, When

# Upper bounds in milliseconds. Close together where the pages should be, wide where it hurts anyway.
BOUNDS = (
    5,
    10,
    15,
    20,
    30,
    40,
    50,
    75,
    100,
    150,
    200,
    300,
    500,
    750,
    1000,
    1500,
    2000,
    3000,
    5000,
    10_000,
    30_000,
)
LONGER = "more"


def bucket() -> Case:
    """The bucket of a page view as an expression for the database: its upper bound as text."""
    cases = [When(duration_ms__lte=bound, then=Value(str(bound))) for bound in BOUNDS]
    return Case(*cases, default=Value(LONGER), output_field=CharField())


def together(*counts: Mapping[str, int]) -> dict[str, int]:
    """Buckets of several days or routes in one."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def percentile(counts: Mapping[str, int], share: float) -> int | None:
    """Milliseconds within which this share (0 to 1) of the requests was answered; None without requests.

    The answer is the upper bound of a bucket; whatever took longer than the last one counts as twice that.
    """
    wanted = share * sum(counts.values())
    if not wanted:
        return None
    seen = 0
    for bound in BOUNDS:
        seen += counts.get(str(bound), 0)
        if seen >= wanted:
            return bound
    return BOUNDS[-1] * 2
