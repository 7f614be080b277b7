"""What the clock asks for."""

from celery import shared_task

from policy import retention
from policy.analytics import rollup
from policy.contact import tasks as _contact  # noqa: F401 (Celery looks for tasks here)


@shared_task
def delete_expired() -> None:
    retention.delete_expired()


@shared_task
def roll_up_views() -> None:
    rollup.roll_up_recent()
