"""Whoever is leaving is served by no key and told by no webhook: both ask whether the account is closing.

What is erased with the account is named here for the receipt (promise P16).
"""

from django.utils.translation import gettext_lazy as _

from accounts.belongings import Keeper, register
from accounts.models import User
from images.api.keys.models import ApiKey
from images.api.webhooks.models import Webhook


def _erase(user: User) -> int:
    """With them go their figures and messages."""
    keys, hooks = ApiKey.objects.filter(owner=user), Webhook.objects.filter(owner=user)
    number = keys.count() + hooks.count()
    keys.delete()
    hooks.delete()
    return number


register(Keeper("api", _("API keys and webhooks"), erase=_erase))
