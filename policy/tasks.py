"""What the clock asks for."""

from celery import shared_task

from policy import retention


@shared_task
def delete_expired() -> None:
    retention.delete_expired()
