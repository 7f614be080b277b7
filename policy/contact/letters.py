"""The two e-mails of a message: to us when it has come, and to its sender when it is answered.

Both are plain text, and nothing that a sender wrote stands in a header but a checked address.
"""

import textwrap
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from policy.models import ContactMail, ContactMessage


def write(mail: ContactMail) -> EmailMessage:
    """The e-mail that a row stands for, in its reader's language."""
    message = mail.message
    if mail.kind == ContactMail.Kind.ANSWER:
        with translation.override(message.language):
            letter = _answer(message)
    else:
        with translation.override(settings.LANGUAGE_CODE):
            letter = _notice(message)
    # The same at each try: when a try broke off after it had worked, mail programs show one of the two.
    letter.extra_headers["Message-ID"] = f"<contact-{message.submission.hex}-{mail.kind}@{_host()}>"
    return letter


def _notice(message: ContactMessage) -> EmailMessage:
    subject = _("Message #%(number)s: %(topic)s") % {
        "number": message.pk,
        "topic": message.get_topic_display(),
    }
    address = settings.SITE_URL + reverse("admin:policy_contactmessage_change", args=[message.pk])
    body = _render("notice", message, {"address": address})
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[settings.CONTACT_EMAIL], reply_to=[message.email], headers=headers)


def _answer(message: ContactMessage) -> EmailMessage:
    subject = _("Our answer to your message #%(number)s") % {"number": message.pk}
    quoted = textwrap.indent(message.message, "> ", lambda _line: True)
    body = _render("answer", message, {"quoted": quoted, "site": settings.SITE_URL})
    reply_to = [settings.CONTACT_EMAIL] if settings.CONTACT_EMAIL else None
    return EmailMessage(subject, body, to=[message.email], reply_to=reply_to)


def _render(name: str, message: ContactMessage, more: dict[str, str]) -> str:
    return render_to_string(f"policy/contact/{name}.txt", {"message": message, **more})


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
