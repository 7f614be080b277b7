"""What the queue may ask for."""

from celery import shared_task
from django.conf import settings

from images.work import jobs, shift

# A shift keeps the time of each photo itself; these limits are for what hangs where nothing can interrupt it.
_LONGEST = settings.JOB_SECONDS + shift.SECONDS


@shared_task(soft_time_limit=_LONGEST + 10, time_limit=_LONGEST + 20)
def take_next() -> None:
    """One ring of the bell: work on whatever comes first, and on what comes meanwhile."""
    shift.work()


@shared_task
def sweep() -> None:
    jobs.sweep()
