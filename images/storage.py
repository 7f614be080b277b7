"""Where bytes lie: everything that belongs to one photo is in the folder with its id; pictures that people
put behind their photos are in folders of their own, under another root.
"""

import logging
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

logger = logging.getLogger(__name__)

ROOT = "photos"
GROUNDS = "grounds"


def folder_of(photo_id: uuid.UUID, root: str = ROOT) -> str:
    return f"{root}/{photo_id}"


def write(photo_id: uuid.UUID, content: "File[bytes]", extension: str, root: str = ROOT) -> str:
    """Store a file under a name that nobody else uses; return that name.

    A write that fails leaves nothing behind.
    """
    name = f"{folder_of(photo_id, root)}/{uuid.uuid4()}.{extension}"
    try:
        return default_storage.save(name, content)
    except OSError:
        default_storage.delete(name)
        raise


def is_away(err: Exception) -> bool:
    """Whether the store did not answer, which says nothing about what was asked of it. A disk always does."""
    if "botocore" not in sys.modules:
        return False
    from boto3.exceptions import RetriesExceededError
    from botocore import exceptions

    if isinstance(err, exceptions.ClientError):
        return bool(err.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500)
    broken = (exceptions.ConnectionError, exceptions.HTTPClientError, exceptions.IncompleteReadError)
    return isinstance(err, (*broken, RetriesExceededError))


def names_of(photo_id: uuid.UUID, root: str = ROOT) -> list[str]:
    """Every file of a photo, also those that no row knows."""
    folder = folder_of(photo_id, root)
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []


def delete(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def delete_folder(photo_id: uuid.UUID, root: str = ROOT) -> None:
    """Delete every byte of a photo."""
    delete(names_of(photo_id, root))
    # On a disk the empty folder remains, and its name is the photo's id; on S3 there is none.
    default_storage.delete(folder_of(photo_id, root))


def is_older(photo_id: uuid.UUID, age: timedelta, root: str = ROOT) -> bool:
    """Whether the newest file of a photo is older than `age`; an empty folder is."""
    limit = timezone.now() - age
    return all(default_storage.get_modified_time(name) < limit for name in names_of(photo_id, root))


def photo_ids(root: str = ROOT) -> Iterator[uuid.UUID]:
    """The photos, or what else has folders under a root, of which something lies in storage."""
    try:
        folders = default_storage.listdir(root)[0]
    except FileNotFoundError:
        return
    for folder in folders:
        try:
            yield uuid.UUID(folder)
        except ValueError:
            logger.warning("a folder in storage is not ours")
