"""What a list of people says about somebody's pictures: how many, never which."""

from django.db.models import Count
from django.utils.translation import ngettext

from accounts.people import glance
from bgbegone.lib.words import Words
from images.photos.models import Photo


@glance.register
def _photos(keys: list[int]) -> dict[int, Words]:
    rows = Photo.objects.filter(owner__in=keys).order_by().values_list("owner").annotate(Count("pk"))
    return {key: ngettext("%(count)d photo", "%(count)d photos", n) % {"count": n} for key, n in rows if key}
