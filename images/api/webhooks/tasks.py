"""What the clerk does for webhooks; a worker that cuts out never opens a connection (promise P13)."""

import threading

from celery import shared_task

from images.api.webhooks import services

_sender = threading.Lock()


@shared_task
def deliver_due() -> None:
    """Once in a process at a time: slow receivers must not take every thread that mail has."""
    if _sender.acquire(blocking=False):
        try:
            while services.deliver_due():
                pass
        finally:
            _sender.release()
