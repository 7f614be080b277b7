"""Where somebody is signed in. Kept are since when, and a device in two words: no address (promise P8)."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.usersessions import signals
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import devices
from accounts.models import User
from bgbegone.lib import ratelimit

logger = logging.getLogger(__name__)

# The column cannot be empty.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 (nothing listens here)

# In the session: it is in the list, so its use is noted there. So often, and no more exactly than this.
_LISTED = "listed"
_SECONDS = 600
# What anybody has left signed in somewhere ends on its own.
LONGEST = timedelta(days=90)

# Allauth looks at each session of the person at every sign-in; ours are tidied up by the hour instead.
user_logged_in.disconnect(receiver=signals.on_user_logged_in)


@receiver(user_logged_in)
def _remember(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    UserSession.objects.create_from_request(request)
    request.session[_LISTED] = True
    by = [record["method"] for record in get_authentication_records(request, user)]
    logger.info("signed in", extra={"by": "+".join(by)})


@receiver(pre_save, sender=UserSession)
def _keep_little(instance: UserSession, **_kwargs: Any) -> None:
    """Allauth fills in the address and everything the browser says; no other hook lies before the saving."""
    instance.ip = NO_ADDRESS
    if "·" not in instance.user_agent:
        instance.user_agent = devices.label(instance.user_agent)


def note_use(session: SessionBase) -> None:
    """That a session was used, to ten minutes. A write to the session itself would undo those of others."""
    key = session.session_key
    if key and session.get(_LISTED) and cache.add(f"session-used:{ratelimit.keyed(key)}", 1, _SECONDS):
        UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())


def renew(session: SessionBase) -> None:
    """Give a session another key: whoever has learnt the one before would now get as far as its owner."""
    former = session.session_key
    session.cycle_key()
    UserSession.objects.filter(session_key=former).update(session_key=session.session_key)


def named(sessions: Iterable[UserSession]) -> Iterator[tuple[str, UserSession]]:
    """Each with a name of its own: of two that look alike, the second is called so."""
    names: Counter[str] = Counter()
    for session in sessions:
        device = session.user_agent
        names[device] += 1
        yield f"{device} ({names[device]})" if names[device] > 1 else device, session


def open_ones(user: User) -> list[UserSession]:
    """Those that still open the account, oldest first. Two queries, however many there are."""
    known = list(UserSession.objects.filter(user=user).order_by("created_at"))
    keys = [session.session_key for session in known]
    valid = {row.session_key for row in _rows(keys) if _opens(row, user)}
    return [session for session in known if session.session_key in valid]


def end_others(user: User, current_key: str | None) -> int:
    """Sign somebody out everywhere but here; return of how many sessions."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=current_key))


def end_one(user: User, pk: int) -> int:
    """Sign somebody out in one place; 0 when that was over already, or is another person's."""
    return _end(UserSession.objects.filter(user=user, pk=pk))


def end_old() -> int:
    """Sign everybody out where they signed in long ago, however often they came since."""
    return _end(UserSession.objects.filter(created_at__lt=timezone.now() - LONGEST))


def _end(others: "QuerySet[UserSession]") -> int:
    keys = list(others.values_list("session_key", flat=True))
    with transaction.atomic():
        _rows(keys).delete()
        others.filter(session_key__in=keys).delete()
    return len(keys)


def _rows(keys: Iterable[str]) -> Any:
    return Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())


def _opens(row: Session, user: User) -> bool:
    """A new password ends a session without deleting it: its hash is that of the old one."""
    stored = row.get_decoded().get(HASH_SESSION_KEY, "")
    return bool(constant_time_compare(stored, user.get_session_auth_hash()))
