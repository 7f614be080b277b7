"""Whom a disclosure concerns: who is still to be told, and whose data is in its file."""

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.disclosures.models import NOTICE, Disclosure, DisclosureNotice
from accounts.models import User


def concerned(disclosure: Disclosure) -> QuerySet[User]:
    """Who is still to be told. A sale: every member of the day on which it was confirmed."""
    told = DisclosureNotice.objects.filter(disclosure=disclosure, user=OuterRef("pk"))
    people: QuerySet[User] = (
        User.objects.exclude(Exists(told)).select_related("email_preference").order_by("pk")
    )
    if not disclosure.is_sale:
        return people.filter(disclosures=disclosure)
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    members = people.filter(Exists(confirmed), closing=None)
    return members.filter(date_joined__lte=disclosure.confirmation.at)


def to_export(disclosure: Disclosure) -> QuerySet[User]:
    """Whose data is in the file. A sale: who has known of it long enough and has not left since."""
    people: QuerySet[User] = User.objects.order_by("pk")
    if not disclosure.is_sale:
        return people.filter(disclosures=disclosure)
    in_time = DisclosureNotice.objects.filter(
        disclosure=disclosure, user=OuterRef("pk"), told_at__lte=timezone.now() - NOTICE
    )
    return people.filter(Exists(in_time), closing=None)
