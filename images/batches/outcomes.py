"""What comes out of an item: a file in the store, with everything that an archive has to know about it."""

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import default_storage

from images.batches.models import Item
from images.work.models import Cutout


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished file."""

    file: str  # its name in the store
    extension: str
    bytes: int
    crc32: int
    sha256: str
    made_at: datetime
    checks: str  # what the marketplace's rules say; empty where none were asked for


def of(items: Iterable[Item]) -> dict[Item, Outcome]:
    """The files of those items that have one. Items come with their photos and cut-outs."""
    return {item: _plain(item.photo.cutout) for item in items if item.photo and item.photo.cutout.is_done}


def preview_of(item: Item) -> str:
    """The name of a small picture of the item's file in the store; empty while there is none."""
    return item.photo.cutout.preview if item.photo else ""


def _plain(cutout: Cutout) -> Outcome:
    if cutout.crc32 is None or not cutout.bytes:
        _measure(cutout)
    made_at = cutout.finished_at or cutout.queued_at
    return Outcome(
        cutout.file, "png", cutout.bytes or 0, cutout.crc32 or 0, cutout.sha256, made_at, checks=""
    )


def _measure(cutout: Cutout) -> None:
    """A cut-out of an earlier release knows neither its size nor its sums: read once, then kept."""
    sha256, crc32, length = hashlib.sha256(), 0, 0
    with default_storage.open(cutout.file) as file:
        while data := file.read(1 << 20):
            sha256.update(data)
            crc32, length = zlib.crc32(data, crc32), length + len(data)
    cutout.bytes, cutout.crc32, cutout.sha256 = length, crc32, sha256.hexdigest()
    cutout.save(update_fields=["bytes", "crc32", "sha256"])
