"""What shows that the promise about cookies is kept."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from policy import evidence
from policy.cookies import registry
from policy.cookies.models import CookieConsent


@evidence.register("P11")
def _cookies() -> Iterator[evidence.Figure]:
    choices = CookieConsent.objects.all()
    yield evidence.Figure(
        _("cookies that this site can set without a yes"), len(registry.of(registry.Category.NECESSARY))
    )
    yield evidence.Figure(_("cookies that need a yes"), len(registry.optional()))
    yield evidence.Figure(_("choices recorded in the last twelve months"), choices.count())
    yield evidence.Figure(
        _("of these, choices of no to everything"),
        choices.filter(convenience=False, statistics=False).count(),
    )
