"""What the queue may ask for."""

from celery import shared_task

from images.studio import jobs


@shared_task
def sweep() -> None:
    jobs.sweep()
