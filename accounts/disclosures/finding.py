"""What of the register comes along when somebody takes their data: all that they may know by now."""

from django.db.models import QuerySet

from accounts.belongings import found_by
from accounts.disclosures.models import Disclosure, DisclosureExport
from accounts.models import User


@found_by(Disclosure)
def _disclosures(user: User) -> "QuerySet[Disclosure]":
    return Disclosure.objects.shown_to(user)


@found_by(DisclosureExport)
def _files(user: User) -> "QuerySet[DisclosureExport]":
    return DisclosureExport.objects.filter(disclosure__in=Disclosure.objects.shown_to(user))
