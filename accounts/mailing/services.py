"""Opting in, in two steps, and out, in one (promise P7). Every step leaves an event."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts.mailing import messages, suppression
from accounts.mailing.models import EmailConsentEvent, EmailPreference
from accounts.models import User
from accounts.outbox.services import post
from policy import erasures, figures

How = EmailConsentEvent.How
Kind = EmailConsentEvent.Kind
State = EmailPreference.State

# The words beside the box; a new wording gets a new name, and the old one stays in the events.
WORDING = "2026-11"

# Who opts out by mistake notices soon. Later, a link in an old e-mail must not sign anybody up.
_UNDO_FOR = timedelta(days=1)


def ask(user: User, *, how: str) -> None:
    """Note the wish for news and mail the question whether it is meant. Nothing is agreed to yet."""
    with transaction.atomic():
        preference = _note_wish(user, how)
        if preference:
            post(messages.question(preference))


def ask_at_sign_up(user: User) -> None:
    """Note the wish. The letter that asks to confirm the new address says that it confirms this, too."""
    _note_wish(user, How.SIGN_UP)


def confirm_with_address(user: User, address: str) -> None:
    """The address of a new account is confirmed, and with it the wish that came with the sign-up."""
    asked = EmailConsentEvent.objects.filter(user=user).last()
    waiting = EmailPreference.objects.filter(user=user, state=State.ASKED, address=address.lower()).first()
    if waiting and asked and asked.how == How.SIGN_UP:
        confirm(waiting)


@transaction.atomic
def follow_address(user: User) -> None:
    """The account has another address, which has agreed to nothing: whoever wanted news is asked there."""
    address = user.email.lower()
    preference = EmailPreference.objects.select_for_update().filter(user=user).first()
    if preference is None or preference.state == State.OPTED_OUT or preference.address == address:
        return
    preference.state, preference.address, preference.changed_at = State.ASKED, address, timezone.now()
    preference.save(update_fields=["state", "address", "changed_at"])
    EmailConsentEvent.objects.create(user=user, kind=Kind.MOVED, how=How.ACCOUNT)
    post(messages.question(preference))


@transaction.atomic
def _note_wish(user: User, how: str) -> EmailPreference | None:
    """What waits for its confirmation now; None for somebody who gets news already."""
    address = user.email.lower()
    current = EmailPreference.objects.select_for_update().filter(user=user).first()
    if current and current.state == State.CONFIRMED and current.address == address:
        return None
    wish = {
        "state": State.ASKED,
        "address": address,
        "language": get_language(),
        "changed_at": timezone.now(),
    }
    preference, _ = EmailPreference.objects.update_or_create(user=user, defaults=wish)
    EmailConsentEvent.objects.create(user=user, kind=Kind.ASKED, how=how, wording=WORDING)
    return preference


@transaction.atomic
def confirm(preference: EmailPreference) -> None:
    """The answer to the question: from now on this address gets news."""
    if _move(preference.pk, (State.ASKED,), State.CONFIRMED):
        EmailConsentEvent.objects.create(
            user=preference.user, kind=Kind.CONFIRMED, how=How.LINK, wording=WORDING
        )
        suppression.lift(preference.address)
        figures.add("email.opt-in")


@transaction.atomic
def opt_out(pk: UUID, *, how: str, reason: str = "", campaign: int | None = None) -> None:
    """No more news, from this moment. Whoever has opted out already, or has left for good, stays so.

    `campaign` is the one whose link was used: it is counted, and not noted with the person.
    """
    if _move(pk, (State.ASKED, State.CONFIRMED), State.OPTED_OUT):
        user_id = EmailPreference.objects.values_list("user_id", flat=True).get(pk=pk)
        EmailConsentEvent.objects.create(user_id=user_id, kind=Kind.OPTED_OUT, how=how, reason=reason)
        erasures.note_keys("accounts.emailpreference", [str(pk)])
        figures.add("email.opt-out")
        _count_for(campaign, 1)


@transaction.atomic
def undo_opt_out(pk: UUID, *, campaign: int | None = None) -> bool:
    """Take back an opt-out of a moment ago. False when there is nothing to take back."""
    if not can_undo(pk) or not _move(pk, (State.OPTED_OUT,), State.CONFIRMED):
        return False
    user_id = EmailPreference.objects.values_list("user_id", flat=True).get(pk=pk)
    EmailConsentEvent.objects.create(user_id=user_id, kind=Kind.UNDONE, how=How.LINK, wording=WORDING)
    figures.add("email.opt-in")
    _count_for(campaign, -1)
    return True


def _count_for(campaign: int | None, number: int) -> None:
    if campaign is not None:
        figures.add(f"campaign.{campaign}.opt-out", number)


def can_undo(pk: UUID) -> bool:
    """Opted out a short while ago, and before that confirmed by e-mail rather than only asked."""
    preference = EmailPreference.objects.filter(pk=pk, changed_at__gt=timezone.now() - _UNDO_FOR).first()
    if preference is None or preference.state != State.OPTED_OUT:
        return False
    if suppression.suppressed_among([preference.address]):
        return False
    events = EmailConsentEvent.objects.filter(user=preference.user_id).order_by("-happened_at", "-pk")
    kinds = list(events.values_list("kind", flat=True)[:2])
    return kinds in ([Kind.OPTED_OUT, Kind.CONFIRMED], [Kind.OPTED_OUT, Kind.UNDONE])


def _move(pk: UUID, old: tuple[str, ...], new: str) -> bool:
    """True when this call made the change, and not another one at the same time."""
    row = EmailPreference.objects.filter(pk=pk, state__in=old)
    return row.update(state=new, changed_at=timezone.now()) == 1
