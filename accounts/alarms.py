"""Mail to whoever runs the service when something is wrong with it, once a day at most."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import letters
from accounts.campaigns.models import Campaign, Delivery
from accounts.models import User
from accounts.outbox.models import OutgoingMail
from accounts.outbox.services import post
from policy import alarms
from policy.analytics import days
from policy.models import ContactMail, DailyFigure

# One try may fail, and two.
_TRIES, _PATIENCE = 3, timedelta(minutes=30)
_SENT = "alarm.sent"


def ring() -> bool:
    """Mail what is wrong; False when all is well, or when today's mail has gone out already."""
    with translation.override(settings.LANGUAGE_CODE):
        troubles = alarms.now()
        return bool(troubles) and _tell(troubles)


@transaction.atomic
def _tell(troubles: list[str]) -> bool:
    # The row of a day is made once, whoever looks at the same time.
    if not DailyFigure.objects.get_or_create(day=days.today(), key=_SENT)[1]:
        return False
    for address in _operators():
        post(letters.write("accounts/mail/alarm", address, {"troubles": troubles}))
    return True


def _operators() -> list[str]:
    if settings.CONTACT_EMAIL:
        return [settings.CONTACT_EMAIL]
    superusers = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    return list(superusers.values_list("email", flat=True))


@alarms.register
def _mail_that_waits() -> Iterable[str]:
    before = timezone.now() - _PATIENCE
    waiting = OutgoingMail.objects.filter(attempts__gte=_TRIES, created_at__lt=before).count()
    waiting += ContactMail.objects.unsent().filter(attempts__gte=_TRIES).count()
    if waiting:
        yield ngettext(
            "%(count)s e-mail waits, since the mail server does not take it.",
            "%(count)s e-mails wait, since the mail server does not take them.",
            waiting,
        ) % {"count": waiting}


@alarms.register
def _campaigns_that_stand_still() -> Iterable[str]:
    before = timezone.now() - _PATIENCE
    moving = Delivery.objects.filter(changed_at__gte=before).values("campaign")
    for campaign in Campaign.objects.sending().filter(started_at__lt=before).exclude(pk__in=moving):
        yield _("News stand still: “%(subject)s”.") % {"subject": campaign.subject}
