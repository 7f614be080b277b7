"""The engine's limits as this service is set up."""

from django.conf import settings

from images.engine import Limits

MEGABYTE = 1_000_000


def most_bytes() -> int:
    return settings.MAX_UPLOAD_MB * MEGABYTE


def limits() -> Limits:
    return Limits(max_bytes=most_bytes(), max_pixels=settings.MAX_MEGAPIXELS * 1_000_000)
