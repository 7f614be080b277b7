"""`python -m tests.images.api.racing`: many threads at once, on a database and in a process of their own.

Prints what came of it as JSON. A test's transaction cannot be shared by threads, and some tables here cannot
be emptied after one.
"""

import io
import json
import sys
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests import migrated

    migrated.put_into(settings.BGBEGONE_DATA)  # on another server, nobody reads it
    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps({"limit": _limit(), "retries": _retries()}))


def _limit() -> dict[str, object]:
    """32 threads send 96 pictures of one megapixel each; 50 megapixels are allowed."""
    from accounts.models import User
    from images.api.keys.models import ApiKey
    from images.api.keys.services import issue
    from images.api.limits import services
    from images.api.limits.models import ApiMeter, ApiUse
    from images.photos.models import Photo

    services._minute = lambda: 1  # the clock stands still: a new minute would allow 50 more
    owner = User.objects.create_user("racer", "racer@example.org", "correct horse")
    key = ApiKey(owner=owner, name="x", megapixels_per_minute=50)
    issue(key)
    pictures = [_picture(number) for number in range(96)]
    with ThreadPoolExecutor(32) as pool:
        outcomes = Counter(pool.map(lambda data: _send(key, data, uuid.uuid4()), pictures))
    return {
        **outcomes,
        "photos": Photo.objects.filter(owner=owner).count(),
        "meter": ApiMeter.objects.get(key=key).megapixels,
        "day": ApiUse.objects.get(key=key).megapixels,
    }


def _retries() -> dict[str, object]:
    """One picture, 50 times at once, by one key."""
    from accounts.models import User
    from images.api.keys.models import ApiKey
    from images.api.keys.services import issue
    from images.api.limits.models import ApiUse
    from images.photos.models import Photo
    from images.work.models import Cutout

    owner = User.objects.create_user("hasty", "hasty@example.org", "correct horse")
    key = ApiKey(owner=owner, name="x")
    issue(key)
    data, name = _picture(1000), uuid.uuid4()
    with ThreadPoolExecutor(32) as pool:
        outcomes = Counter(pool.map(lambda _: _send(key, data, name), range(50)))
    return {
        **outcomes,
        "photos": Photo.objects.filter(owner=owner).count(),
        "jobs": Cutout.objects.filter(photo__owner=owner).count(),
        "day": ApiUse.objects.get(key=key).megapixels,
    }


def _picture(number: int) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (100, 100), (number % 256, number // 256, 9)).save(buffer, "PNG")
    return buffer.getvalue()


def _send(key: object, data: bytes, name: uuid.UUID) -> str:
    from django.db import connection

    from images.api import bodies, intake
    from images.api.limits.services import OverLimit

    try:
        candidate = intake.look_at(bodies.photo_of(data))
        intake.take_in(key, candidate, intake.Order(name))  # type: ignore[arg-type]
    except OverLimit:
        return "refused"
    finally:
        connection.close()
    return "taken"


if __name__ == "__main__":
    main()
