"""The workers' bell."""

from typing import Any

from bgbegone.lib import bell

_CUT_OUT_NEXT = "images.work.tasks.cut_out_next"


def ring(queue: str, **options: Any) -> None:
    """Let a worker take whatever comes first. One that is not heard is rung again by `jobs.sweep`."""
    bell.ring(_CUT_OUT_NEXT, queue=queue, **options)
