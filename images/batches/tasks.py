"""What the queue may ask for; all of it is done by the clerk, so that no photo waits behind it."""

from celery import shared_task

from images.batches import arrivals, mailing, retention, setting
from images.photos.retention import delete_expired_photos


@shared_task
def tend() -> None:
    """What a killed web process has left behind, files by the settings of batches, and letters."""
    arrivals.finish_waiting()
    setting.ask_due()
    mailing.tell_owners()


@shared_task
def tidy() -> None:
    """Delete what somebody has just thrown away, instead of waiting for the clock."""
    delete_expired_photos()
    retention.delete_uploads()
    retention.delete_batches()
