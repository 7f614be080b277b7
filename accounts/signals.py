"""What follows from events that allauth reports."""

from typing import Any

from allauth.account import signals
from allauth.account.models import EmailAddress
from django.dispatch import receiver

from accounts.mailing import services as mailing
from accounts.models import User


@receiver(signals.password_reset)
def _count_reset_as_confirmation(user: User, **_kwargs: Any) -> None:
    """The link came by e-mail, so whoever used it reads that address.

    It also lets somebody in who signed up, lost the first e-mail, and helps themselves with a new password.
    """
    for address in EmailAddress.objects.filter(user=user, email=user.email, verified=False):
        address.set_verified()


@receiver(signals.email_confirmed)
def _confirm_news(email_address: EmailAddress, **_kwargs: Any) -> None:
    mailing.confirm_with_address(email_address.user, email_address.email)


@receiver(signals.email_changed)
def _ask_about_news(to_email_address: EmailAddress, **_kwargs: Any) -> None:
    mailing.follow_address(User.objects.get(pk=to_email_address.user_id))
