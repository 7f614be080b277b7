"""Whose turn it is in the bulk queue. Everybody has one photo in each round, so that five pass a thousand."""

from django.db.models import Max, Min, QuerySet

from images.photos.models import Photo
from images.work.models import Cutout


def next_turn(photos: QuerySet[Photo]) -> int:
    """The round of one more photo of whoever has `photos`: after their own last, and not before the one
    that is being worked on now. Two that ask at the same moment may share a round, which harms nobody."""
    waiting = Cutout.objects.filter(status=Cutout.Status.QUEUED, queue=Cutout.Queue.BULK)
    now = waiting.aggregate(now=Min("turn"))["now"] or 1
    last = waiting.filter(photo__in=photos).aggregate(last=Max("turn"))["last"] or 0
    return int(max(now, last + 1))
