"""What staff do with an account: lock and unlock it, end its sessions, send its first e-mail again."""

from allauth.account.models import EmailAddress
from django.http import HttpRequest

from accounts import sessions
from accounts.models import ContactLook, User


def lock(user: User) -> bool:
    """Nobody signs in any more, and whoever is signed in is out. False when it was locked already."""
    is_ours = User.objects.filter(pk=user.pk, is_active=True).update(is_active=False)
    end_sessions(user)
    return bool(is_ours)


def unlock(user: User) -> bool:
    return bool(User.objects.filter(pk=user.pk, is_active=False).update(is_active=True))


def end_sessions(user: User) -> int:
    return sessions.end_others(user, None)


def verify_again(request: HttpRequest, user: User) -> bool:
    """Send the link that confirms the address. False when there is nothing to confirm."""
    address = EmailAddress.objects.filter(user=user, email=user.email, verified=False).first()
    if address is None or not user.is_active:
        return False
    address.send_confirmation(request)
    return True


def look(user: User, *, by: User, reason: str, note: str = "") -> ContactLook:
    """Note that staff open somebody's contact data. To be called before it is shown."""
    row: ContactLook = ContactLook.objects.create(user=user, by=by, reason=reason, note=note)
    return row
