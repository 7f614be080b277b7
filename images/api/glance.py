"""What lists of people say about somebody's keys: how many, never which."""

from django.db.models import Count
from django.utils.translation import ngettext

from accounts.people import glance
from bgbegone.lib.words import Words
from images.api.keys.models import ApiKey


@glance.register
def _keys(keys: list[int]) -> dict[int, Words]:
    rows = ApiKey.objects.open().filter(owner__in=keys).order_by().values_list("owner").annotate(Count("pk"))
    return {key: ngettext("%(count)d API key", "%(count)d API keys", n) % {"count": n} for key, n in rows}
