"""Telling workers that something waits. The truth is in the database; the queue only rings."""

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring(task: str, *args: Any, queue: str, **options: Any) -> None:
    """Queue a task by its name, so that whoever rings need not know what the worker does then.

    A bell that is not heard is rung again by a sweeper or the clock.
    """
    try:
        current_app.signature(task, args).apply_async(queue=queue, **options)
    except (OperationalError, OSError):
        logger.warning("the queue cannot be reached; it will be rung again", extra={"task": task})
