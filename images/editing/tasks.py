"""What the queue may ask for."""

from celery import shared_task

from images.editing import jobs


@shared_task
def render_next() -> None:
    """One ring of the bell: make whatever comes first."""
    jobs.process_next()


@shared_task
def sweep() -> None:
    jobs.sweep()
