"""Taking megapixels from what a key may use, and giving back what was not used.

Each step is one guarded UPDATE, so the limit is exact for any number of threads, processes and machines, and
outlasts a restart. A cache would lose it, or count once in each process.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from images.api.keys.models import ApiKey
from images.api.limits.models import ApiCharge, ApiMeter, ApiUse
from images.photos.models import Photo

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of the minute, for the headers of an answer; `reset` is in seconds since 1970."""

    limit: int
    remaining: int
    reset: int

    @property
    def wait(self) -> int:
        """Whole seconds until the next minute begins, at least 1."""
        return max(1, self.reset - int(time.time()))


class OverLimit(Exception):
    """The key has used up what it may; `wait` is the whole seconds until a try can succeed."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def megapixels_of(width: int, height: int) -> int:
    """Rounded up, and at least 1."""
    return max(1, -(-width * height // 1_000_000))


def limit_of(key: ApiKey) -> int:
    most: int = settings.API_MEGAPIXELS_PER_MINUTE
    return min(most, key.megapixels_per_minute or most)


def day_limit_of(key: ApiKey) -> int:
    most: int = settings.API_MEGAPIXELS_PER_DAY
    return min(most, key.megapixels_per_day or most)


def standing_of(key: ApiKey) -> Standing:
    minute, limit = _minute(), limit_of(key)
    used = ApiMeter.objects.filter(key=key, minute=minute).values_list("megapixels", flat=True).first() or 0
    return Standing(limit, max(0, limit - used), (minute + 1) * MINUTE)


def check(key: ApiKey, megapixels: int) -> None:
    """Whether it makes sense to take them, before anything is stored. Raises OverLimit."""
    standing = standing_of(key)
    if not key.is_sandbox and megapixels > standing.remaining < standing.limit:
        raise OverLimit(standing.wait)


def charge(photo: Photo, key: ApiKey, megapixels: int) -> None:
    """Use up megapixels for a new photo. Raises OverLimit, and whoever has begun the transaction undoes it.

    A sandbox's results are worth nothing to anybody, so they are counted and use up nothing.
    """
    taken = ApiCharge(
        photo=photo,
        key=key,
        megapixels=0 if key.is_sandbox else megapixels,
        minute=_minute(),
        day=timezone.localdate(),
    )
    if not _take_from_minute(taken):
        raise OverLimit(standing_of(key).wait)
    if not _take_from_day(taken):
        raise OverLimit(_seconds_to_midnight())
    taken.save(force_insert=True)


def gets_samples(key: ApiKey, photos: Iterable[UUID] | QuerySet[Any, Any]) -> bool:
    """Whether of any of these photos the key gets no more than a sample with a watermark.

    A sandbox always; and every key of what a sandbox has sent, which used up nothing of any limit.
    """
    return key.is_sandbox or ApiCharge.objects.filter(photo__in=photos, key__is_sandbox=True).exists()


def refund(photo_id: UUID) -> None:
    """Of what failed, nothing is charged. Once, however often it is asked for.

    A sandbox has nothing to get back, and its row is what says of a photo that a sandbox has sent it.
    """
    charges = ApiCharge.objects.filter(photo=photo_id, key__is_sandbox=False)
    taken = charges.select_related("key").first()
    if taken is None or not ApiCharge.objects.filter(photo=photo_id).delete()[0]:
        return
    used = min(taken.megapixels, limit_of(taken.key))
    meters = ApiMeter.objects.filter(key=taken.key, minute=taken.minute, megapixels__gte=used)
    meters.update(megapixels=F("megapixels") - used)
    rows = ApiUse.objects.filter(key=taken.key, day=taken.day, megapixels__gte=taken.megapixels)
    rows.update(megapixels=F("megapixels") - taken.megapixels)


def note_refusal(key: ApiKey) -> None:
    ApiUse.of_day(key.pk, timezone.localdate()).update(refusals=F("refusals") + 1)


def _minute() -> int:
    return int(time.time()) // MINUTE


def _take_from_minute(taken: ApiCharge) -> bool:
    limit = limit_of(taken.key)
    if taken.megapixels > limit:
        # One picture larger than the limit would wait for ever: it takes a minute that nobody has used.
        return _add(taken, 0, limit)
    return _add(taken, limit - taken.megapixels, taken.megapixels)


def _add(taken: ApiCharge, used_at_most: int, megapixels: int) -> bool:
    meters = ApiMeter.objects.filter(key=taken.key)
    for _ in range(3):  # between two statements another thread may begin the minute: then the first one fits
        now = meters.filter(minute=taken.minute, megapixels__lte=used_at_most)
        if now.update(megapixels=F("megapixels") + megapixels):
            return True
        if meters.filter(minute__lt=taken.minute).update(minute=taken.minute, megapixels=megapixels):
            return True
        if not meters.exists():
            ApiMeter.objects.bulk_create([ApiMeter(key=taken.key)], ignore_conflicts=True)
    return False


def _take_from_day(taken: ApiCharge) -> bool:
    left = day_limit_of(taken.key) - taken.megapixels
    if left < 0:
        return False
    rows = ApiUse.of_day(taken.key.pk, taken.day).filter(megapixels__lte=left)
    return rows.update(calls=F("calls") + 1, megapixels=F("megapixels") + taken.megapixels) == 1


def _seconds_to_midnight() -> int:
    now = timezone.localtime()
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((tomorrow - now).total_seconds()))
