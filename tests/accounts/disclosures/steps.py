"""What staff enter in the register, and what the person answers."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.disclosures import services
from accounts.disclosures.services import Terms
from accounts.models import Disclosure, DisclosureConsent, User
from tests.base import authenticator_app, member, show_second_factor, signed_in

COURT = "Amtsgericht Musterstadt"
SHOP = "Frames & Sons"


def person(name: str = "alice") -> User:
    """Somebody who has told us everything."""
    User.objects.filter(pk=member(name).pk).update(full_name="Alice Archer", phone="+4930901820")
    user: User = User.objects.get(username=name)
    return user


def colleague(name: str, *permissions: str) -> tuple[User, Client]:
    """Staff who may do these things and nothing else, with a browser."""
    user = member(name)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = signed_in(user)
    show_second_factor(client, user, authenticator_app(user))
    return User.objects.get(pk=user.pk), client


def agreed(user: User, recipient: str = SHOP, *fields: str) -> DisclosureConsent:
    """Somebody was asked and has said yes."""
    asker = User.objects.filter(is_staff=True).first() or member("asker")
    what = list(fields) or ["email"]
    consent = services.ask(user, by=asker, recipient=recipient, fields=what, purpose="A frame.")
    assert consent.answer(agrees=True)
    consent.refresh_from_db()
    return consent


def disclosed(user: User | None, by: User, **terms: Any) -> Disclosure:
    """By order of a court, unless said otherwise."""
    usual = {"ground": "b", "recipient": COURT, "fields": ["email"], "evidence": "12 Js 345/26"}
    return services.disclose(user, by=by, terms=Terms(**{**usual, **terms}))


def sale(by: User) -> Disclosure:
    return disclosed(None, by, ground="c", recipient="New Owner Ltd", fields=["email", "phone"])


def in_days(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


def form(**fields: Any) -> dict[str, Any]:
    """As staff fill it in."""
    return {"ground": "b", "recipient": COURT, "items": ["email"], "evidence": "12 Js 345/26", **fields}
