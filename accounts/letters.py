"""E-mails: written once as text, and sent as text and as HTML made from it."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def write(template: str, address: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """`template` names two files, `…_subject.txt` and `…_message.txt`. Addresses inside begin with SITE_URL.

    In the HTML a paragraph that is nothing but an address becomes a button.
    """
    facts = {**context, "site_url": settings.SITE_URL, "site_name": urlsplit(settings.SITE_URL).netloc}
    subject = " ".join(render_to_string(f"{template}_subject.txt", facts).split())
    text = render_to_string(f"{template}_message.txt", facts).strip()
    # So that no mailbox answers it with a note about somebody's holiday (RFC 3834).
    headers = {"Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(subject, f"{text}\n", to=[address], headers=headers)
    message.attach_alternative(_html(subject, text, facts["site_name"]), "text/html")
    return message


def _html(subject: str, text: str, site_name: str) -> str:
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    context = {
        "subject": subject,
        "paragraphs": [{"text": part, "is_link": _is_link(part)} for part in paragraphs],
        "site_name": site_name,
    }
    return render_to_string("account/email/letter.html", context)


def _is_link(paragraph: str) -> bool:
    return paragraph.startswith(f"{settings.SITE_URL}/") and len(paragraph.split()) == 1
