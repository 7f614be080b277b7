"""A campaign as an e-mail to one person, with the ways to leave that RFC 2369 and RFC 8058 describe."""

import uuid
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import mark_safe

from accounts.campaigns import placeholders
from accounts.campaigns.models import Campaign, Delivery
from accounts.campaigns.placeholders import Marked
from accounts.mailing import tokens
from accounts.mailing.models import EmailPreference
from accounts.models import User
from bgbegone.lib import markdown


def to_person(delivery: Delivery) -> EmailMultiAlternatives:
    """The copy of the person whom a delivery is for. Loads nothing when `user__email_preference` is there."""
    return _message(delivery.campaign, delivery.user.email_preference, delivery.pk)


def to_staff(campaign: Campaign, user: User, language: str) -> EmailMultiAlternatives:
    """What a member of staff would get: all of it, for a preview and for a trial.

    Who is not subscribed gets a link that opts nobody out, and shows what readers will see.
    """
    preference = EmailPreference.objects.filter(user=user).first() or EmailPreference(user=user)
    preference.address, preference.language = user.email, language
    return _message(campaign, preference, uuid.uuid4())


def _message(campaign: Campaign, preference: EmailPreference, key: uuid.UUID) -> EmailMultiAlternatives:
    url, user, words = tokens.opt_out_url(preference, campaign.pk), preference.user, _words(campaign.body)
    context = {
        "opt_out_url": url,
        "operator": settings.OPERATOR_NAME,
        "address": settings.OPERATOR_ADDRESS,
        "site_url": settings.SITE_URL,
    }
    with translation.override(campaign.language or preference.language):
        text = render_to_string(
            "accounts/mail/campaign.txt", {**context, "body": words.marked.fill(words.plain, user)}
        )
        subject = placeholders.mark(campaign.subject)
        message = EmailMultiAlternatives(subject.fill(subject.text, user), text, to=[preference.address])
        # What stood in Markdown was escaped when it became HTML, and what is filled in is escaped here.
        body = mark_safe(words.marked.fill(words.html, user, escape))  # noqa: S308
        html = render_to_string(
            "accounts/mail/campaign.html", {**context, "body": body, "subject": message.subject}
        )
        message.attach_alternative(html, "text/html")
    message.extra_headers = {
        "Message-ID": f"<{key.hex}@{_host()}>",
        "List-Id": f"<news.{_host()}>",
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    return message


@dataclass(frozen=True, slots=True)
class _Words:
    marked: Marked
    html: str
    plain: str


@lru_cache(maxsize=4)
def _words(body: str) -> _Words:
    """Once, and not for every copy."""
    marked = placeholders.mark(body)
    html = markdown.render(marked.text, base=settings.SITE_URL)
    return _Words(marked, html, markdown.plain(marked.text, base=settings.SITE_URL))


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
