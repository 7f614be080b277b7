"""Looks at a member's pictures, on the member's page about them."""

from collections.abc import Iterator

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.people import looks
from accounts.people.looks import Look
from images.access.models import ImageAccess
from images.photos.models import Photo


@looks.register(
    "pictures",
    title=gettext_lazy("When our staff opened your pictures"),
    none=gettext_lazy("None of our staff has looked at a picture of yours."),
)
def _looks(user: User) -> Iterator[Look]:
    photo = Photo.objects.filter(pk=OuterRef("photo"), owner=user).values("name")[:1]
    for noted in ImageAccess.objects.filter(user=user).annotate(name=Subquery(photo)):
        if noted.name is None:
            yield Look(noted.seen_at, noted.in_words, _("A photo that has been deleted"))
        else:
            link = reverse("photo", args=[noted.photo])
            yield Look(noted.seen_at, noted.in_words, noted.name or _("Photo"), link)
