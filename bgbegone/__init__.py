"""Background Be Gone: settings, URLs and the queue."""

from bgbegone.celery import app as celery_app

__all__ = ["celery_app"]
