"""What of the API is deleted, and when (promise P16)."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.api.models import ApiCall, ApiKey, ApiUse, WebhookDelivery
from policy import retention

_KEYS_KEPT = timedelta(days=90)
_FIGURES_KEPT = timedelta(days=396)


@retention.register("api-calls", every=timedelta(minutes=30), what=_("Answers kept for a repeated request"))
def _delete_calls() -> int:
    return ApiCall.objects.expired().delete()[0]


@retention.register("api-use", every=timedelta(days=1), what=_("Figures of the use of API keys"))
def _delete_figures() -> int:
    return ApiUse.objects.filter(day__lt=timezone.localdate() - _FIGURES_KEPT).delete()[0]


@retention.register("api-keys", every=timedelta(days=1), what=_("Keys that open nothing any more"))
def _delete_keys() -> int:
    limit = timezone.now() - _KEYS_KEPT
    return ApiKey.objects.filter(Q(revoked_at__lt=limit) | Q(expires_at__lt=limit)).delete()[0]


@retention.register("webhook-messages", every=timedelta(hours=6), what=_("Messages to webhooks"))
def _delete_messages() -> int:
    return WebhookDelivery.objects.expired().delete()[0]
