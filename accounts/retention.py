"""What of accounts is deleted, and when (promise P16)."""

import time
from datetime import timedelta
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import sessions
from accounts.models import UNCONFIRMED_KEPT, HeldName, SuppressedAddress, User
from accounts.outbox.models import OutgoingMail
from policy import retention

_FILES_KEPT = timedelta(days=7)


@retention.register(
    "unconfirmed-accounts", every=timedelta(hours=1), what=_("Accounts that nobody confirmed")
)
def _delete_unconfirmed_accounts() -> int:
    """Sign-ups whose address nobody has confirmed, and the names that were wanted for known addresses."""
    HeldName.objects.filter(created_at__lt=timezone.now() - UNCONFIRMED_KEPT).delete()
    # Of versions before, which made an account without an address for each such name.
    User.objects.unconfirmed().filter(email="").delete()
    abandoned = list(User.objects.abandoned().values_list("pk", flat=True)[:1000])
    # Asked once more in the same statement: somebody may be confirming at this moment.
    User.objects.abandoned().filter(pk__in=abandoned).delete()
    return len(abandoned)


@retention.register(
    "session-list", every=timedelta(hours=1), what=_("Sessions that are over, in the list of devices")
)
def _delete_ended_sessions() -> int:
    """Sessions that are too old, and entries of the list whose session has ended or has been deleted."""
    ended = sessions.end_old()
    alive = Session.objects.values("session_key")
    deleted: int = UserSession.objects.exclude(session_key__in=alive).delete()[0]
    return ended + deleted


@retention.register("outgoing-mail", every=timedelta(hours=1), what=_("E-mails that could not be sent"))
def _delete_undeliverable_mail() -> int:
    return OutgoingMail.objects.given_up().delete()[0]


@retention.register("mail-files", every=timedelta(hours=6), what=_("Files of e-mails"))
def _delete_mail_files() -> int:
    """Without a mail server, mail lies in files; whoever waits for one opens it the same day."""
    oldest = time.time() - _FILES_KEPT.total_seconds()
    old = [file for file in Path(settings.EMAIL_FILE_PATH).glob("*.eml") if file.stat().st_mtime < oldest]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


@retention.register(
    "suppressed-addresses", every=timedelta(days=1), what=_("Hashes of addresses that got no news any more")
)
def _delete_old_suppressions() -> int:
    return SuppressedAddress.objects.expired().delete()[0]
