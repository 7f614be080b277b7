"""A campaign as an e-mail to one person, with the ways to leave that RFC 2369 and RFC 8058 describe."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from accounts.campaigns.models import Campaign, Delivery
from accounts.mailing import tokens
from bgbegone.lib import markdown


def to_person(delivery: Delivery) -> EmailMultiAlternatives:
    """The copy of the person whom a delivery is for. Loads nothing when `user__email_preference` is there."""
    preference = delivery.user.email_preference
    url = tokens.opt_out_url(preference)
    message = _message(delivery.campaign, url, preference.language)
    message.to = [preference.address]
    message.extra_headers = {
        **message.extra_headers,
        "Message-ID": f"<{delivery.pk.hex}@{_host()}>",
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return message


def to_staff(campaign: Campaign, address: str, language: str) -> EmailMultiAlternatives:
    """A trial: the same words, to somebody who need not be subscribed."""
    message = _message(campaign, settings.SITE_URL + reverse("news"), language)
    message.to = [address]
    return message


def text_of(campaign: Campaign, opt_out_url: str) -> str:
    """Markdown is meant to be read as it stands."""
    return render_to_string("accounts/mail/campaign.txt", _context(campaign, opt_out_url))


def html_of(campaign: Campaign, opt_out_url: str, nonce: str = "") -> str:
    """The nonce lets the preview show the message's own style under the site's policy."""
    context = {**_context(campaign, opt_out_url), "nonce": nonce}
    return render_to_string("accounts/mail/campaign.html", context)


def _context(campaign: Campaign, opt_out_url: str) -> dict[str, object]:
    return {"campaign": campaign, "body": _rendered(campaign.body), "opt_out_url": opt_out_url}


@lru_cache(maxsize=4)
def _rendered(body: str) -> SafeString:
    """Once, and not for every copy."""
    return markdown.render(body)


def _message(campaign: Campaign, opt_out_url: str, language: str) -> EmailMultiAlternatives:
    with translation.override(campaign.language or language):
        message = EmailMultiAlternatives(campaign.subject, text_of(campaign, opt_out_url))
        message.attach_alternative(html_of(campaign, opt_out_url), "text/html")
    message.extra_headers = {"List-Id": f"<news.{_host()}>", "Precedence": "bulk"}
    return message


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
