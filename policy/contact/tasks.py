"""What the queue may ask for."""

from celery import shared_task

from policy.contact import services


@shared_task(queue="mail")
def send(pk: int) -> None:
    services.send(pk)


@shared_task(queue="mail")
def send_due() -> None:
    services.send_due()
