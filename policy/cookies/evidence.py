"""How visitors answer the question about cookies, as evidence that it is a real one."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from policy import evidence
from policy.cookies.models import CookieConsent


@evidence.register("P11")
def _choices() -> Iterator[evidence.Evidence]:
    choices = CookieConsent.objects.all()
    refused = choices.filter(convenience=False, statistics=False)
    yield evidence.Figure(_("Choices recorded in the last twelve months"), choices.count())
    yield evidence.Figure(_("Of these, no to everything"), refused.count())
