"""Asking for an agreement, disclosing, sealing, telling people, making the file (promise P6)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.disclosures import messages
from accounts.disclosures.models import (
    CAN_BE_SEALED,
    LONGEST_SEAL,
    NOTICE,
    Disclosure,
    DisclosureConfirmation,
    DisclosureConsent,
    DisclosureExport,
    DisclosureNotice,
    Ground,
    SealExtension,
)
from accounts.disclosures.people import concerned, to_export
from accounts.models import User
from accounts.outbox.services import post

# How often a row is tried again because another one came in between.
_TRIES = 5


class Refused(Exception):
    """A rule of the promise stands against it. Says which, in a sentence for staff."""


def ask(user: User, *, by: User, recipient: str, fields: list[str], purpose: str) -> DisclosureConsent:
    """Put the question to somebody. Raises Refused while the same one waits for an answer."""
    try:
        with transaction.atomic():
            consent = DisclosureConsent.objects.create(
                user=user, asked_by=by, recipient=recipient, fields=fields, purpose=purpose
            )
            post(messages.question(consent))
    except IntegrityError as err:
        raise Refused(_("This question has been asked already and waits for the answer.")) from err
    return consent


def agreement_for(user: User, recipient: str, fields: list[str]) -> DisclosureConsent | None:
    """What somebody has agreed to and not withdrawn, for this recipient and at least these fields."""
    given = DisclosureConsent.objects.filter(user=user, state=DisclosureConsent.State.GIVEN)
    return next((consent for consent in given if consent.covers(recipient, fields)), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is disclosed, to whom, and why it may be."""

    ground: str
    recipient: str
    fields: list[str]
    evidence: str = ""
    sealed_until: date | None = None


def disclose(user: User | None, *, by: User, terms: Terms) -> Disclosure:
    """Enter it in the register, and tell the person unless it is sealed. Raises Refused.

    Nothing leaves the house by this: the file is a step of its own.
    """
    _check(user, terms)
    for _try in range(_TRIES):
        try:
            with transaction.atomic():
                return _enter(user, by, terms)
        except IntegrityError as err:
            taken = err  # another row has taken the place in the chain
    raise taken


def _enter(user: User | None, by: User, terms: Terms) -> Disclosure:
    row = Disclosure(user=user, by=by, **asdict(terms))
    if user and terms.ground == Ground.AGREEMENT:
        row.consent = _agreement(user, terms)
        row.evidence = f"agreement {row.consent.pk}, {row.consent.answered_at:%Y-%m-%d}"
    row.chain(_last_digest())
    row.save()
    if user and not terms.sealed_until:
        _tell(row, user)
    return row


def _check(user: User | None, terms: Terms) -> None:
    if not terms.fields:
        raise Refused(_("Choose what is disclosed."))
    if (user is None) != (terms.ground == Ground.SALE):
        raise Refused(_("The sale of the business concerns everybody, every other ground one person."))
    if terms.ground != Ground.AGREEMENT and not terms.evidence.strip():
        raise Refused(_("Without a proof or a reason nothing is disclosed."))
    if terms.sealed_until:
        _check_seal(terms.ground, terms.sealed_until)


def _check_seal(ground: str, until: date) -> None:
    today = timezone.localdate()
    if ground not in CAN_BE_SEALED:
        raise Refused(_("Only grounds (b) and (d) can be sealed."))
    if not today < until <= today + LONGEST_SEAL:
        sentence = _("A seal ends tomorrow at the earliest, and in %(days)d days at the latest.")
        raise Refused(sentence % {"days": LONGEST_SEAL.days})


def _agreement(user: User, terms: Terms) -> DisclosureConsent:
    """Locked, so that it cannot be withdrawn at this very moment."""
    found = agreement_for(user, terms.recipient, terms.fields)
    if found:
        found = DisclosureConsent.objects.select_for_update().get(pk=found.pk)
    if found is None or not found.covers(terms.recipient, terms.fields):
        raise Refused(_("This person has not agreed that this recipient gets these fields. Ask first."))
    return found


def _last_digest() -> str:
    last = Disclosure.objects.order_by("-pk").values_list("digest", flat=True).first()
    return last or ""


def confirm(disclosure: Disclosure, *, by: User) -> None:
    """The second signature under a disclosure to a new owner. From then on the members are told."""
    if not disclosure.is_sale:
        raise Refused(_("Only the sale of the business needs a second signature."))
    if disclosure.is_by(by):
        raise Refused(_("Somebody else has to confirm it: you have written it."))
    try:
        with transaction.atomic():
            DisclosureConfirmation.objects.create(disclosure=disclosure, by=by)
    except IntegrityError as err:
        raise Refused(_("It has been confirmed already.")) from err


def extend_seal(disclosure: Disclosure, *, by: User, until: date, reason: str) -> None:
    """Only a seal that holds can hold longer: what somebody has seen cannot be hidden again."""
    current = disclosure.sealed_to
    if current is None or not disclosure.is_sealed:
        raise Refused(_("It is not sealed, or the seal has ended."))
    if until <= current:
        raise Refused(_("The seal holds as long as that already."))
    _check_seal(disclosure.ground, until)
    SealExtension.objects.create(disclosure=disclosure, by=by, until=until, reason=reason)


def export(disclosure: Disclosure, *, by: User, format: str) -> Iterator[dict[str, Any]]:
    """Note that a file is made, and yield the chosen fields of whom it concerns. Raises Refused."""
    with transaction.atomic():
        _check_export(disclosure)
        people = to_export(disclosure)
        count = people.count()
        if not count:
            raise Refused(_why_nobody(disclosure))
        DisclosureExport.objects.create(disclosure=disclosure, by=by, format=format, people=count)
    rows: Iterator[dict[str, Any]] = people.values(*disclosure.fields).iterator(chunk_size=2000)
    return rows


def why_no_export(disclosure: Disclosure) -> str:
    """What stands against a file now, in a sentence; empty when nothing does."""
    try:
        _check_export(disclosure)
    except Refused as reason:
        return str(reason)
    return "" if to_export(disclosure).exists() else _why_nobody(disclosure)


def _check_export(disclosure: Disclosure) -> None:
    if disclosure.ground == Ground.AGREEMENT:
        consent = disclosure.consent
        if consent is None or not consent.covers(disclosure.recipient, disclosure.fields):
            raise Refused(_("The person has withdrawn the agreement. Nothing goes out any more."))
    if disclosure.is_sale and not hasattr(disclosure, "confirmation"):
        raise Refused(_("A second member of staff has to confirm it first."))


def _why_nobody(disclosure: Disclosure) -> str:
    if disclosure.is_sale:
        sentence = _("Nobody has known of it for %(days)d days so far. Until then there is no file.")
        return sentence % {"days": NOTICE.days}
    return _("The account has been erased. There is nothing left to disclose.")


def tell_due(limit: int) -> int:
    """Letters about seals that have ended, and about a sale; at most `limit`. Returns how many."""
    told = 0
    for disclosure in Disclosure.objects.to_be_told():
        for user in concerned(disclosure)[: limit - told]:
            told += _tell(disclosure, user)
        if told >= limit:
            break
    return told


def _tell(disclosure: Disclosure, user: User) -> bool:
    """Once, whoever else does it at the same time."""
    try:
        with transaction.atomic():
            DisclosureNotice.objects.create(disclosure=disclosure, user=user)
            post(messages.notice(disclosure, user))
    except IntegrityError:
        return False
    return True


def first_broken_row() -> Disclosure | None:
    """The first row of the register that is not what it was, or does not follow the row before."""
    previous = ""
    row: Disclosure
    for row in Disclosure.objects.order_by("pk").iterator():
        if row.previous != previous or not row.is_genuine():
            return row
        previous = row.digest
    return None
