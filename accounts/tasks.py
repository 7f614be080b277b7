"""What the queue does for accounts."""

import threading

from celery import shared_task
from django.conf import settings

from accounts import alarms
from accounts.campaigns import sending
from accounts.disclosures.services import tell_due
from accounts.leaving.services import build_exports as build_waiting_exports
from accounts.outbox import services
from accounts.outbox.models import OutgoingMail


@shared_task
def deliver(mail_id: str) -> None:
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail:
        services.deliver(mail)


@shared_task
def deliver_due() -> None:
    """What a lost ring, a killed process or a mail server that was down has left behind."""
    services.deliver_due()


# Long enough to be worth a connection, short enough to stop soon when the process is asked to.
_SENDING_SECONDS = 20
_sender = threading.Lock()


@shared_task
def send_campaigns() -> None:
    """Once in a process at a time: news must not take every thread that mail has."""
    if _sender.acquire(blocking=False):
        try:
            sending.tick(_SENDING_SECONDS)
        finally:
            _sender.release()


@shared_task
def ring_alarms() -> None:
    """What whoever runs the service has to know."""
    alarms.ring()


@shared_task
def build_exports() -> None:
    """Packages of personal data that somebody has asked for."""
    build_waiting_exports()


@shared_task
def tell_people() -> None:
    """Letters about disclosures: seals that have ended, and a sale, as many in a minute as mail may have."""
    tell_due(settings.MAIL_PER_MINUTE)
