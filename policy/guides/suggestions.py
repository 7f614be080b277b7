"""“Read next”: what readers of this guide went on to, all of them together (promise P9).

Nothing about a single reader is kept or used, so the suggestions are the same for everybody.
"""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone

from bgbegone.lib import ratelimit
from policy.analytics import visitors
from policy.models import Guide, GuideStep

MOST = 3
# Somebody who goes to and fro between two pages is one reader and not ten.
_SECONDS = 3600


def after(guide: Guide, others: list[Guide]) -> list[Guide]:
    """What to read next: where most readers went first, and then as our editors put the guides.

    `others` are as our editors put them, which `sorted` keeps among guides that are equally popular.
    """
    popular = GuideStep.objects.popular_after(guide.slug)
    return sorted(others, key=lambda other: -popular.get(other.slug, 0))[:MOST]


def count_step(request: HttpRequest, guide: Guide, others: list[Guide]) -> None:
    """Count that a reader came here from another of our guides, if that reader may be counted."""
    came_from = _guide_before(request)
    is_known = any(other.slug == came_from for other in others)
    if is_known and visitors.is_counted(request) and not _is_repeated(request, came_from, guide.slug):
        _add(came_from, guide.slug)


def _guide_before(request: HttpRequest) -> str:
    """The slug of the guide that holds the link; empty when it was no guide of this site."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
        match = resolve(parts.path) if parts.netloc == request.get_host() else None
    except (ValueError, Resolver404):  # not an address, or none of ours
        return ""
    return str(match.kwargs["slug"]) if match and match.url_name == "guide" else ""


def _is_repeated(request: HttpRequest, *step: str) -> bool:
    """The cache holds one hash of reader and step for an hour, from which neither can be had."""
    words = "\0".join((ratelimit.client_of(request), *step)).encode()
    key = hashlib.blake2b(words, key=settings.SECRET_KEY.encode()[:64], digest_size=12).hexdigest()
    return ratelimit.is_over("guide-step", key, 1, _SECONDS)


def _add(from_slug: str, to_slug: str) -> None:
    where = {"day": timezone.localdate(), "from_slug": from_slug, "to_slug": to_slug}
    if GuideStep.objects.filter(**where).update(count=F("count") + 1):
        return
    _, is_new = GuideStep.objects.get_or_create(**where, defaults={"count": 1})
    if not is_new:  # another process made the row between the two statements
        GuideStep.objects.filter(**where).update(count=F("count") + 1)
