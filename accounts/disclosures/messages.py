"""The e-mails of this part. All of them are service mail: they tell people what happens with their data."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from accounts import letters
from accounts.disclosures.models import NOTICE, Disclosure, DisclosureConsent
from accounts.models import User


def question(consent: DisclosureConsent) -> EmailMultiAlternatives:
    with translation.override(_language_of(consent.user)):
        return letters.write("accounts/mail/agreement", consent.user.email, {"consent": consent})


def notice(disclosure: Disclosure, user: User) -> EmailMultiAlternatives:
    template = "accounts/mail/sale" if disclosure.is_sale else "accounts/mail/disclosure"
    with translation.override(_language_of(user)):
        context = {"disclosure": disclosure, "days": NOTICE.days}
        return letters.write(template, user.email, context)


def _language_of(user: User) -> str:
    """Of the news, for whom it is known; else the site's own."""
    preference = getattr(user, "email_preference", None)
    return preference.language if preference else settings.LANGUAGE_CODE
