"""The e-mails of this part: text and HTML from one template folder."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts.mailing import tokens
from accounts.mailing.models import EmailPreference


def question(preference: EmailPreference) -> EmailMultiAlternatives:
    """“Did you ask for our news?” Service mail: it answers what the person did."""
    with translation.override(preference.language):
        context = {"url": tokens.confirm_url(preference), "days": tokens.CONFIRM_DAYS}
        return _message("accounts/mail/question", context, preference.address)


def _message(template: str, context: dict[str, Any], address: str) -> EmailMultiAlternatives:
    """`template` names three files: `.subject.txt`, `.txt` and `.html`."""
    subject = render_to_string(f"{template}.subject.txt", context).strip()
    message = EmailMultiAlternatives(subject, render_to_string(f"{template}.txt", context), to=[address])
    message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message
