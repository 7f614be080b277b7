"""What the queue may ask for."""

import logging
import os

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from images.work import jobs, shift

logger = logging.getLogger(__name__)

# A shift keeps the time of each photo itself; these limits are for what hangs where nothing can interrupt it.
# A photo that is begun last may have to wait for the one in the other hand.
_LONGEST = shift.HANDS * settings.JOB_SECONDS + shift.SECONDS


@shared_task(soft_time_limit=_LONGEST + 10, time_limit=_LONGEST + 20)
def take_next() -> None:
    """One ring of the bell: work on whatever comes first, and on what comes meanwhile."""
    try:
        shift.work()
    except SoftTimeLimitExceeded:
        # The hand that hangs is a thread, which outlives the task, and the pulse would vouch for its photo
        # for ever. Both end only with the process: another takes its place, and the sweeper puts the photo
        # back.
        logger.error("a photo hangs where nothing can interrupt it: this process ends")
        os._exit(1)


@shared_task
def sweep() -> None:
    jobs.sweep()
