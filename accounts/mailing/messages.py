"""The e-mails of this part."""

from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from accounts import letters
from accounts.mailing import tokens
from accounts.mailing.models import EmailPreference


def question(preference: EmailPreference) -> EmailMultiAlternatives:
    """“Did you ask for our news?” Service mail: it answers what the person did."""
    context = {"url": tokens.confirm_url(preference), "days": tokens.CONFIRM_DAYS}
    with translation.override(preference.language):
        return letters.write("accounts/mail/question", preference.address, context)
