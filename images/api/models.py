"""Django finds the models of the API here."""

from images.api.calls.models import ApiCall
from images.api.keys.models import ApiKey
from images.api.limits.models import ApiCharge, ApiMeter, ApiUse
from images.api.webhooks.models import Webhook, WebhookDelivery

__all__ = ["ApiCall", "ApiCharge", "ApiKey", "ApiMeter", "ApiUse", "Webhook", "WebhookDelivery"]
