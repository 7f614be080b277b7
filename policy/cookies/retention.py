"""Answers are kept as long as the cookies that they are about."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from policy import retention
from policy.cookies.models import CookieConsent


@retention.register("cookie-choices", every=timedelta(days=1), what=_("Choices about cookies"))
def _delete_old_choices() -> int:
    return CookieConsent.objects.expired().delete()[0]
