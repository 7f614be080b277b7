"""When a backup is restored: who has been erased since is erased again, who has left leaves again (P16)."""

from django.utils import timezone

from accounts.leaving import services
from accounts.models import DisclosureConsent, User
from policy import erasures


@erasures.handles("accounts.user")
def _erase_again(keys: list[str]) -> None:
    for user in User.objects.filter(pk__in=keys):
        services.erase_again(user)


@erasures.handles(services.CLOSING)
def _close_again(keys: list[str]) -> None:
    """With days to come back that begin anew, and a letter that says so."""
    for user in User.objects.filter(pk__in=keys):
        services.close(user)


@erasures.handles("accounts.disclosureconsent")
def _withdraw_again(keys: list[str]) -> None:
    """The row stays: a disclosure may stand on it that was made before."""
    given = DisclosureConsent.objects.filter(pk__in=keys, state=DisclosureConsent.State.GIVEN)
    given.update(state=DisclosureConsent.State.WITHDRAWN, withdrawn_at=timezone.now())
