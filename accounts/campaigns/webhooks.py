"""What a mail provider reports over HTTP, in the form that django-anymail makes of it.

Mail is sent by SMTP; only the reports are read here, and only those of the provider that is set.
"""

import logging
from collections.abc import Callable
from typing import Any

from anymail.exceptions import AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.conf import settings
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from accounts import names
from accounts.campaigns import returns
from accounts.mailing.models import EmailConsentEvent, EmailPreference
from accounts.mailing.services import opt_out
from accounts.mailing.suppression import Reason, suppress

logger = logging.getLogger(__name__)

# Imported when they are used: one of them brings a whole cloud's library along.
_VIEWS = {
    "amazon-ses": "anymail.webhooks.amazon_ses.AmazonSESTrackingWebhookView",
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
}
# Anymail tells that a message bounced, but not whether it would again.
_IS_GONE: dict[str, Callable[[dict[str, Any]], bool]] = {
    "Amazon SES": lambda said: said.get("bounce", {}).get("bounceType") == "Permanent",
    "Brevo": lambda said: said["event"] in {"hard_bounce", "invalid_email"},
    "Mailgun": lambda said: said["event-data"].get("reason") in {"bounce", "suppress-bounce"},
    "Postmark": lambda said: said.get("Type") in {"HardBounce", "BadEmailAddress"},
}


@csrf_exempt
def reports(request: HttpRequest) -> HttpResponseBase:
    """Anymail checks the secret first, and answers 400 when it is wrong."""
    if settings.MAIL_PROVIDER not in _VIEWS:
        raise Http404
    view = import_string(_VIEWS[settings.MAIL_PROVIDER])
    try:
        answer: HttpResponseBase = view.as_view()(request)
    except (AnymailError, ValueError, LookupError, TypeError, AttributeError) as err:
        # Its kind only: the words of the error may be those of the report, which is about somebody.
        logger.warning("report of the mail provider not understood", extra={"error": type(err).__name__})
        return HttpResponseBadRequest("This report is not understood.", content_type="text/plain")
    return answer


@receiver(tracking)
def _act(event: AnymailTrackingEvent, esp_name: str, **_kwargs: Any) -> None:
    if not event.recipient:
        return
    told_at = event.timestamp or timezone.now()
    if event.event_type == EventType.COMPLAINED:
        suppress(event.recipient, Reason.UNWANTED, told_about=told_at)
    elif event.event_type == EventType.UNSUBSCRIBED:
        _opt_out(event.recipient)
    elif event.event_type in {EventType.BOUNCED, EventType.REJECTED}:
        _bounce(event, is_gone=_IS_GONE[esp_name](event.esp_event))


def _bounce(event: AnymailTrackingEvent, *, is_gone: bool) -> None:
    """One that may pass counts for the message that it names; a final one for the address."""
    delivery = returns.find(event.message_id or "")
    if delivery:
        returns.came_back(delivery, "5.1.1" if is_gone else "4.0.0")
    if is_gone:
        suppress(event.recipient, Reason.RETURNED, told_about=event.timestamp or timezone.now())


def _opt_out(address: str) -> None:
    """With the button of the provider instead of ours."""
    for preference in EmailPreference.objects.filter(address=names.canonical_email(address)):
        opt_out(preference.pk, how=EmailConsentEvent.How.MAIL_SERVER)
