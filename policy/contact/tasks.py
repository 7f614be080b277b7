"""What the queue may ask for."""

from celery import shared_task

from policy.contact import services


@shared_task
def send(pk: int) -> None:
    services.send(pk)


@shared_task
def send_due() -> None:
    services.send_due()
