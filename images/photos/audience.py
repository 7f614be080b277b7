"""Whom news can be for: people who have photos here."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.campaigns import audiences
from accounts.mailing.models import EmailPreference
from images.photos.models import Photo

_HAS_SOME = Exists(Photo.objects.filter(owner=OuterRef("user")))


@audiences.register("photos", _("those who have sent photos that are still here"))
def _with_photos(people: "QuerySet[EmailPreference]") -> "QuerySet[EmailPreference]":
    return people.filter(_HAS_SOME)


@audiences.register("no-photos", _("those who have no photo here"))
def _without_photos(people: "QuerySet[EmailPreference]") -> "QuerySet[EmailPreference]":
    return people.filter(~_HAS_SOME)
