"""Waiting on the server for what is new about a photo, so that its page need not ask ten times a second."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from bgbegone.lib.waiting import NotYet, Topic, was_asked
from images.work.models import Cutout
from images.work.progress import keys_of

HOLD_SECONDS = 3.0


def _look(cutouts: Collection[UUID]) -> Mapping[UUID, str]:
    return keys_of(Cutout.objects.filter(pk__in=cutouts))


_topic = Topic("photos", _look)


def nothing_new(request: HttpRequest, cutout: Cutout, seen: str) -> HttpResponse:
    """The answer while a cut-out stands where its page has `seen` it: not yet, and after a while no."""
    if was_asked(request):
        return HttpResponse(status=204)
    return NotYet(_topic, cutout.pk, seen=seen, seconds=HOLD_SECONDS)
