"""What an account leaves behind outside of its own rows, and how it goes (promise P16)."""

import json
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.belongings import Keeper, found_by, register
from accounts.leaving.models import AccountExport
from accounts.leaving.services import State, delete_export
from accounts.models import OutgoingMail, SuppressedAddress, User
from bgbegone.lib import sealing
from policy.models import ContactMessage


def _addresses(user: User, **which: bool) -> set[str]:
    known = EmailAddress.objects.filter(user=user, **which).values_list("email", flat=True)
    return {address.casefold() for address in known}


@found_by(SuppressedAddress)
def _find_suppressions(user: User) -> "QuerySet[SuppressedAddress]":
    """Shown to whoever proved the address. They stay when the account goes: they keep news away from it."""
    return SuppressedAddress.objects.of(*_addresses(user, verified=True))


@found_by(AccountExport)
def _find_packages(user: User) -> "QuerySet[AccountExport]":
    """Not the one that is being packed: it would say of itself that it is not ready."""
    return AccountExport.objects.filter(user=user, state__in=[State.READY, State.FAILED])


def _erase_messages(user: User) -> int:
    """What they wrote to us, from an address that is proved to be theirs: a new one that waits for its
    confirmation may be somebody else's, with messages of their own."""
    proved = _addresses(user, verified=True)
    rows = ContactMessage.objects.values_list("pk", "email")
    mine = [pk for pk, email in rows if email.casefold() in proved]
    ContactMessage.objects.filter(pk__in=mine).delete()
    return len(mine)


def _erase_mail(user: User) -> int:
    """Mail that still waits, and the files that stand for a mail server where there is none."""
    addresses = _addresses(user) | {user.email.casefold()}
    waiting = [mail for mail in OutgoingMail.objects.all() if _is_to(mail, addresses)]
    for mail in waiting:
        mail.delete()
    files = [file for file in Path(settings.EMAIL_FILE_PATH).glob("*.eml") if _names(file, addresses)]
    for file in files:
        file.unlink(missing_ok=True)
    return len(waiting) + len(files)


def _is_to(mail: OutgoingMail, addresses: set[str]) -> bool:
    try:
        recipients = json.loads(sealing.unseal(mail.sealed))["to"]
    except sealing.Unreadable:
        return False
    return any(address.casefold() in addresses for address in recipients)


def _names(file: Path, addresses: set[str]) -> bool:
    text = file.read_text(errors="replace").casefold()
    return any(address in text for address in addresses)


def _erase_log(user: User) -> int:
    """What staff did to the account: the admin's log repeats the user name."""
    about = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    )
    return about.delete()[0]


def _erase_exports(user: User) -> int:
    exports = list(user.exports.all())
    for export in exports:
        delete_export(export)
    return len(exports)


register(Keeper("messages", _("Messages to us"), erase=_erase_messages))
register(Keeper("e-mails", _("E-mails that waited to be sent"), erase=_erase_mail))
register(Keeper("log", _("Entries in the log of our staff"), erase=_erase_log))
register(Keeper("packages", _("Packages of your data"), erase=_erase_exports))
