"""Addresses that get no news any more, on the word of a mail server and not of a person (promise P7).

Service mail still goes there: a new password must reach whoever once called our news unwanted.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import names
from accounts.mailing.models import EmailConsentEvent, EmailPreference, SuppressedAddress, digests_of
from policy import figures

Reason = SuppressedAddress.Reason
State = EmailPreference.State

_OPEN = (State.ASKED, State.CONFIRMED)


@transaction.atomic
def suppress(address: str, reason: str, *, told_about: datetime) -> bool:
    """No more news to this address. `told_about` is when the mail was sent or the report was made.

    False when its owner has asked for news since then: reports come late, and more than once.
    """
    preferences = EmailPreference.objects.filter(address=names.canonical_email(address), state__in=_OPEN)
    if preferences.filter(changed_at__gt=told_about).exists():
        return False
    _note(address, reason)
    for preference in preferences:
        _stop(preference, reason)
    return True


def _note(address: str, reason: str) -> None:
    """A complaint outweighs mail that came back."""
    noted, is_new = SuppressedAddress.objects.get_or_create(
        digest=digests_of(address)[0], defaults={"reason": reason}
    )
    if not is_new and noted.reason != Reason.UNWANTED:
        noted.reason, noted.suppressed_at = reason, timezone.now()
        noted.save(update_fields=["reason", "suppressed_at"])


def _stop(preference: EmailPreference, reason: str) -> None:
    row = EmailPreference.objects.filter(pk=preference.pk, state__in=_OPEN)
    if row.update(state=State.OPTED_OUT, changed_at=timezone.now()):
        EmailConsentEvent.objects.create(
            user_id=preference.user_id,
            kind=EmailConsentEvent.Kind.SUPPRESSED,
            how=EmailConsentEvent.How.MAIL_SERVER,
            reason=reason,
        )
        figures.add("email.suppressed")


def lift(address: str) -> None:
    """Its owner has asked for news and has confirmed it from there."""
    SuppressedAddress.objects.of(address).delete()


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Which of some addresses get no news, in one query."""
    digests = {address: digests_of(address) for address in addresses}
    noted = set(SuppressedAddress.objects.of(*digests).values_list("digest", flat=True))
    return {address for address, mine in digests.items() if noted.intersection(mine)}
