"""The workers' bell for renditions."""

from typing import Any

from bgbegone.lib import bell

_RENDER_NEXT = "images.editing.tasks.render_next"


def ring(queue: str, **options: Any) -> None:
    """Let a worker take whatever comes first. One that is not heard is rung again by `jobs.sweep`."""
    bell.ring(_RENDER_NEXT, queue=queue, **options)
