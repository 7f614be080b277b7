"""What happens to accounts beyond one row."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from policy.models import PolicyVersion
from policy.versions import services as policy


def accept_policy(user: User, number: int | None) -> None:
    """Record that a new member agrees to the version that the form named, or else to the one in force.

    A new version may come out while somebody fills the form in; they have not read that one.
    """
    named = PolicyVersion.objects.published().filter(number=number).first()
    version = named or policy.in_force()
    if version:
        policy.accept(user, version)


def policy_number() -> int | None:
    version = policy.in_force()
    return version.number if version else None


def say_taken(request: HttpRequest) -> None:
    messages.error(request, _("Somebody took this user name a moment ago. Please choose another one."))
