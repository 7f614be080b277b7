"""How somebody comes to get news, step by step."""

import re
from urllib.parse import urlsplit

from django.core.mail import EmailMessage

from accounts.mailing import services
from accounts.mailing.models import EmailConsentEvent, EmailPreference
from accounts.models import User
from accounts.outbox.services import deliver_due


def asked(user: User) -> EmailPreference:
    """Somebody who has asked for news and got the question."""
    services.ask(user, how=EmailConsentEvent.How.ACCOUNT)
    deliver_due()
    return EmailPreference.objects.get(user=user)


def confirmed(user: User) -> EmailPreference:
    """Somebody who gets news."""
    services.confirm(asked(user))
    return EmailPreference.objects.get(user=user)


def history(user: User) -> list[str]:
    return list(user.email_consent_events.values_list("kind", flat=True))


def path_in(message: EmailMessage) -> str:
    """The path of the first address in the text of a message."""
    match = re.search(r"https?://\S+", str(message.body))
    assert match, message.body
    return urlsplit(match[0]).path
