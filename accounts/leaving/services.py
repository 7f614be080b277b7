"""Taking data along, closing an account, coming back, and erasing (promise P16)."""

import logging
import uuid
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts import belongings, letters
from accounts.leaving.models import AccountClosing, AccountExport, DeletionReceipt
from accounts.leaving.package import pack
from accounts.mailing.services import How, opt_out
from accounts.models import User
from accounts.outbox.services import post
from policy import erasures, figures

logger = logging.getLogger(__name__)

State = AccountExport.State
# Under which a closing is noted for the backups: one that is restored must not open the account again.
CLOSING = "accounts.closing"


def ask_for_export(user: User) -> AccountExport:
    """Have a package made; a second click gets the one that is already being made."""
    try:
        with transaction.atomic():
            return AccountExport.objects.create(user=user, language=get_language() or settings.LANGUAGE_CODE)
    except IntegrityError:
        return AccountExport.objects.get(user=user, state__in=[State.ASKED, State.BUILDING])


def build_exports() -> None:
    """Pack whatever is waiting. One that fails says so on its owner's page and stops no other."""
    for export in AccountExport.objects.waiting():
        if export.claim():
            try:
                _build(export)
            except Exception:
                logger.exception("export failed", extra={"export": export.pk})
                AccountExport.objects.filter(pk=export.pk).update(state=State.FAILED)


def _build(export: AccountExport) -> None:
    with pack(export.user, export.language) as package:
        content: File[bytes] = File(package)
        name = default_storage.save(f"exports/{export.pk}/{uuid.uuid4()}.zip", content)
        size = package.seek(0, 2)
    own = AccountExport.objects.filter(pk=export.pk, state=State.BUILDING)
    if not own.update(state=State.READY, file=name, bytes=size, changed_at=timezone.now()):
        default_storage.delete(name)  # the account was erased meanwhile, or another process made it


def delete_export(export: AccountExport) -> None:
    if export.file:
        default_storage.delete(export.file)
        default_storage.delete(f"exports/{export.pk}")
    export.delete()


def close(user: User) -> str | None:
    """Begin the days in which somebody can come back. Returns the receipt's code, shown and mailed once;
    None when the account is being closed already.

    What others can see ends at once, every session too, and no more news is sent.
    """
    erase_at = timezone.now() + timedelta(days=settings.CLOSING_DAYS)
    try:
        with transaction.atomic():
            receipt, code = DeletionReceipt.issue(erase_at)
            AccountClosing.objects.create(user=user, receipt=receipt, erase_at=erase_at)
            erasures.note_keys(CLOSING, [str(user.pk)])
            for keeper in belongings.keepers():
                if keeper.withdraw:
                    keeper.withdraw(user)
            if hasattr(user, "email_preference"):
                opt_out(user.email_preference.pk, how=How.ACCOUNT)
            end_sessions(user)
            context = {"code": code, "erase_at": erase_at, "days": settings.CLOSING_DAYS}
            post(letters.write("accounts/mail/closing", user.email, context))
    except IntegrityError:
        return None
    figures.add("accounts.closing")
    return code


def keep(user: User) -> bool:
    """Somebody has come back in time. False when the account was not being closed."""
    closing = AccountClosing.objects.filter(user=user, erase_at__gt=timezone.now()).first()
    if closing is None:
        return False
    with transaction.atomic():
        is_ours = AccountClosing.objects.filter(pk=closing.pk).delete()[0] > 0
        DeletionReceipt.objects.filter(pk=closing.receipt_id).delete()
        erasures.take_back(CLOSING, str(user.pk))
    return is_ours


def end_sessions(user: User) -> None:
    """Everywhere. Sessions that the list does not know are found by the account's name in them."""
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()


def erase_due() -> int:
    """Erase every account whose days are over; return how many. One that fails is tried again later."""
    erased, failed = 0, 0
    for closing in AccountClosing.objects.filter(erase_at__lte=timezone.now()).select_related("user"):
        try:
            _erase(closing)
            erased += 1
        except Exception:
            logger.exception("account not erased", extra={"closing": closing.pk})
            failed += 1
    if failed:
        raise OSError(f"{failed} accounts could not be erased")
    return erased


def erase_again(user: User) -> None:
    """An account that was erased, and stands in a backup that is being restored."""
    closing = AccountClosing.objects.filter(user=user).select_related("user", "receipt").first()
    if closing:
        _erase(closing)
        return
    for keeper in belongings.keepers():
        if keeper.erase:
            keeper.erase(user)
    with transaction.atomic():
        end_sessions(user)
        user.delete()


def _erase(closing: AccountClosing) -> None:
    """Files first, the account's row last: whoever is killed in between is found again by that row."""
    user, receipt = closing.user, closing.receipt
    for keeper in belongings.keepers():
        if keeper.erase:
            receipt.counts[keeper.name] = receipt.counts.get(keeper.name, 0) + keeper.erase(user)
            receipt.save(update_fields=["counts"])
    with transaction.atomic():
        end_sessions(user)
        receipt.erased_at = timezone.now()
        receipt.save(update_fields=["erased_at"])
        closing.delete()
        user.delete()
    figures.add("accounts.erased")
    logger.info("account erased", extra={"receipt": receipt.pk})
