"""The workers' bell."""

from typing import Any

from bgbegone.lib import bell

_TAKE_NEXT = "images.work.tasks.take_next"


def ring(queue: str, **options: Any) -> None:
    """Let a worker take whatever comes first. One that is not heard is rung again by `jobs.sweep`."""
    bell.ring(_TAKE_NEXT, queue=queue, **options)
