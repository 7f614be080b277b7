"""The yearly counts of the transparency page, and live figures beside the promise (P6)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.disclosures.models import Disclosure, DisclosureConsent, DisclosureExport, Ground
from accounts.people.models import ContactLook
from policy import transparency
from policy.evidence import Figure, register


def _by_year(ground: Ground) -> Callable[[], dict[int, int]]:
    """Sealed ones count like all others: the number gives nobody away."""

    def count() -> dict[int, int]:
        rows = Disclosure.objects.in_effect().filter(ground=ground)
        years = rows.order_by().values(year=ExtractYear("made_at")).annotate(number=Count("pk"))
        return {row["year"]: row["number"] for row in years}

    return count


for _ground in Ground:
    transparency.counted_by(f"disclosure.{_ground.value}")(_by_year(_ground))


@register("P6")
def _register() -> Iterator[Figure]:
    yield Figure(_("Disclosures that are sealed at the moment"), Disclosure.objects.sealed().count())
    given = DisclosureConsent.objects.filter(state=DisclosureConsent.State.GIVEN)
    yield Figure(_("Agreements in force"), given.count())
    yield Figure(_("Files made from disclosures"), DisclosureExport.objects.count())
    recent = ContactLook.objects.filter(at__gte=timezone.now() - timedelta(days=365))
    yield Figure(_("Times that our staff looked at somebody's contact data in the last year"), recent.count())
    last = Disclosure.objects.order_by("-pk").first()
    yield Figure(
        _("Checksum of the whole register; it proves later that nothing was changed or left out"),
        last.digest if last else None,
    )
