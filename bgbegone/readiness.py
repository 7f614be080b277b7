"""Whether each part that the service stands on answers. Every check is bounded in time."""

import uuid
from collections.abc import Callable, Mapping

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from bgbegone.celery import app
from images.work.models import Worker


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _broker() -> str:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=3)
    return ""


def _storage() -> str:
    name = default_storage.save(f"probe/{uuid.uuid4()}", ContentFile(b"ready"))
    default_storage.delete(name)
    return ""


def _worker() -> str:
    return "" if Worker.objects.alive().exists() else "no worker process is running"


def _model() -> str:
    if Worker.objects.ready().exists():
        return ""
    return "no worker has a model: run “manage.py models fetch”"


_KEY, _SECONDS = "readiness", 1

CHECKS: Mapping[str, Callable[[], str]] = {
    "database": _database,
    "broker": _broker,
    "storage": _storage,
    "worker": _worker,
    "model": _model,
}


def report() -> dict[str, str]:
    """For each part “ready”, or a sentence about what is wrong with it; a moment old at most."""
    known: dict[str, str] | None = cache.get(_KEY)
    if known is None:
        known = {name: _result(check) or "ready" for name, check in CHECKS.items()}
        # Anybody may ask, and asking writes to the store.
        cache.set(_KEY, known, timeout=_SECONDS)
    return known


def _result(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as err:  # noqa: BLE001 (any failure means “not ready”)
        # The class says enough; the text of the error may hold an address with a password.
        return f"does not answer ({type(err).__name__})"
