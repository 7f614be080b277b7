"""What the API stores about people, why, and for how long (promise P2)."""

from django.utils.translation import gettext_lazy as _

from images.api.models import ApiCall, ApiCharge, ApiKey, ApiMeter, ApiUse, Webhook, WebhookDelivery
from images.work.kept import AS_LONG_AS_THE_PHOTO
from policy.inventory import impersonal, personal

personal(
    ApiKey,
    "owner",
    "name",
    "prefix",
    "digest",
    "may_cut_out",
    "may_read",
    "may_delete",
    "is_sandbox",
    "megapixels_per_minute",
    "megapixels_per_day",
    "created_at",
    "expires_at",
    "revoked_at",
    "used_on",
    what=_(
        "Your API keys: name, first letters, a fingerprint, what each may do, its dates, the last day of use"
    ),
    purpose=_("Letting your programs in, and nobody else's"),
    kept=_("until you close your account; withdrawn and expired keys for 90 days"),
)
impersonal(ApiKey, "id")
personal(
    ApiUse,
    "key",
    "day",
    "calls",
    "megapixels",
    "refusals",
    what=_("How much each of your keys was used on a day, in figures"),
    purpose=_("Showing it to you, and keeping to the limits"),
    kept=_("13 months"),
)
personal(
    ApiMeter,
    "key",
    "minute",
    "megapixels",
    what=_("How much each of your keys has used in the minute under way"),
    purpose=_("Keeping to the limits"),
    kept=_("as long as the key"),
)
personal(
    ApiCharge,
    "photo",
    "key",
    "megapixels",
    "minute",
    "day",
    what=_("What a photo from one of your programs has used up"),
    purpose=_("Giving it back when nothing comes of the photo"),
    kept=AS_LONG_AS_THE_PHOTO,
)
personal(
    ApiCall,
    "owner",
    "digest",
    "fingerprint",
    "status",
    "headers",
    "body",
    "created_at",
    what=_("Requests of your programs that carry an Idempotency-Key: a fingerprint, and our answer"),
    purpose=_("Doing once what was sent twice"),
    kept=_("24 hours"),
)
impersonal(ApiCall, "id")
personal(
    Webhook,
    "owner",
    "address",
    "events",
    "sealed",
    "sealed_before",
    "rotated_at",
    "is_enabled",
    "stopped",
    "created_at",
    what=_("The addresses of your webhooks, their secrets (encrypted) and what they are told"),
    purpose=_("Telling your programs what has happened to your photos"),
    kept=_("until you delete them or close your account"),
)
impersonal(Webhook, "id")
personal(
    WebhookDelivery,
    "webhook",
    "event",
    "body",
    "state",
    "created_at",
    "try_at",
    "attempts",
    "status",
    "error",
    "milliseconds",
    "delivered_at",
    what=_("Messages to your webhooks and how their delivery went"),
    purpose=_("Delivering them again when your server was away, and showing you the log"),
    kept=_("30 days"),
)
impersonal(WebhookDelivery, "id")
