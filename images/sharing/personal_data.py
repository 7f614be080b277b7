"""Whoever closes an account shows nothing to others from that moment on (promise P16)."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.belongings import Keeper, register
from accounts.models import User
from images.sharing.models import ShareLink
from policy import erasures


def _withdraw(user: User) -> int:
    links = ShareLink.objects.filter(photo__owner=user, revoked_at__isnull=True)
    erasures.note_all(links)
    return links.update(revoked_at=timezone.now())


register(Keeper("links", _("Links to results"), withdraw=_withdraw))
