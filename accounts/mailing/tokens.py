"""Addresses in e-mails that act for somebody without a login. Each is signed, and good for one thing."""

import uuid

from django.conf import settings
from django.core.signing import Signer, TimestampSigner
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.mailing.models import EmailPreference

_OPT_OUT = "accounts.opt-out"
_CONFIRM = "accounts.confirm-news"
CONFIRM_DAYS = 7


def opt_out_url(preference: EmailPreference, campaign: int | None = None) -> str:
    """Works as long as the server keeps its key: an old newsletter must let people out, too.

    With the number of a campaign it is counted how many left through it.
    """
    name = preference.pk.hex if campaign is None else f"{preference.pk.hex}-{campaign}"
    token = Signer(salt=_OPT_OUT, sep=".").sign(name)
    return settings.SITE_URL + reverse("opt_out", args=[token])


def read_opt_out(token: str) -> tuple[uuid.UUID, int | None]:
    """The preference that a token names, which may be gone, and the campaign. Raises BadSignature."""
    name, _dash, campaign = Signer(salt=_OPT_OUT, sep=".").unsign(token).partition("-")
    return uuid.UUID(name), int(campaign) if campaign else None


def confirm_url(preference: EmailPreference) -> str:
    signed = f"{preference.pk.hex}-{_mark(preference.address)}"
    token = TimestampSigner(salt=_CONFIRM, sep=".").sign(signed)
    return settings.SITE_URL + reverse("news_confirm", args=[token])


def read_confirm(token: str) -> EmailPreference | None:
    """The preference that waits for this answer; None when it does not (any more). Raises BadSignature."""
    seconds = CONFIRM_DAYS * 24 * 3600
    signed = TimestampSigner(salt=_CONFIRM, sep=".").unsign(token, max_age=seconds)
    pk, _, mark = signed.partition("-")
    preference = EmailPreference.objects.filter(pk=uuid.UUID(pk)).select_related("user").first()
    return preference if preference and _mark(preference.address) == mark else None


def _mark(address: str) -> str:
    """Ties a link to the address that it was sent to, without showing the address."""
    return salted_hmac(_CONFIRM, address, algorithm="sha256").hexdigest()[:16]
