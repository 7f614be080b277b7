"""What comes out of an item: a file in the store, with everything that an archive has to know about it."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import default_storage

from images.batches import setting
from images.batches.models import Item
from images.editing.models import Rendition
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
    width: int
    height: int
    checks: str  # what the marketplace's rules say; empty where none were asked for


def of(items: Sequence[Item]) -> dict[Item, Outcome]:
    """The files of those items that have one as it is wanted now. Items come with photos and cut-outs."""
    wanted = setting.recipes_of(items)
    files = setting.renditions_of(wanted)
    found, missing = {}, []
    for item, recipe in wanted.items():
        file = files.get(item)
        if recipe.is_plain and item.photo:
            found[item] = _plain(item.photo.cutout)
        elif file and file.is_done:
            found[item] = _made(item, file)
        elif file is None:
            missing.append(item)
    if missing:
        setting.note_missing(missing)
    return found


def preview_of(item: Item) -> str:
    """The name of a small picture of the item's file in the store; of its cut-out while that is made."""
    if item.photo is None:
        return ""
    wanted = setting.recipes_of([item])
    file = setting.renditions_of(wanted).get(item)
    if file is None and any(not recipe.is_plain for recipe in wanted.values()):
        setting.note_missing([item])
    return file.preview if file and file.is_done else item.photo.cutout.preview


def _made(item: Item, file: Rendition) -> Outcome:
    lines = setting.checked(item.batch, file)
    words = " ".join(f"{line.rule.value}:{line.verdict.value}" for line in lines)
    sizes = (file.bytes or 0, file.crc32 or 0)
    made_at = file.finished_at or file.queued_at
    size = (file.width or 0, file.height or 0)
    extension = file.file.rpartition(".")[2]  # the recipe, which says it too, is not loaded for a thousand
    return Outcome(file.file, extension, *sizes, file.sha256, made_at, *size, checks=words)


def _plain(cutout: Cutout) -> Outcome:
    if cutout.crc32 is None or not cutout.bytes:
        _measure(cutout)
    sizes = (cutout.bytes or 0, cutout.crc32 or 0)
    made_at = cutout.finished_at or cutout.queued_at
    size = (cutout.width or 0, cutout.height or 0)
    return Outcome(cutout.file, "png", *sizes, cutout.sha256, made_at, *size, checks="")


def _measure(cutout: Cutout) -> None:
    """A cut-out of an earlier release knows neither its size nor its sums: read once, then kept."""
    sha256, crc32, length = hashlib.sha256(), 0, 0
    with default_storage.open(cutout.file) as file:
        while data := file.read(1 << 20):
            sha256.update(data)
            crc32, length = zlib.crc32(data, crc32), length + len(data)
    cutout.bytes, cutout.crc32, cutout.sha256 = length, crc32, sha256.hexdigest()
    cutout.save(update_fields=["bytes", "crc32", "sha256"])
