"""What the queue may ask for."""

from celery import shared_task

from images.work import jobs


@shared_task
def cut_out_next() -> None:
    """One ring of the bell: work on whatever comes first."""
    jobs.process_next()


@shared_task
def sweep() -> None:
    jobs.sweep()
