"""A photo's files in the store."""

import logging

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import Http404

logger = logging.getLogger(__name__)


def stored(name: str) -> "File[bytes]":
    """A file of the store; one that was lost there answers like one that never was."""
    try:
        return default_storage.open(name)
    except FileNotFoundError:
        logger.error("a stored picture is missing", extra={"file": name})
        raise Http404 from None
