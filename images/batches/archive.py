"""The results of a batch as one archive: planned from rows alone, sent from the store piece by piece."""

import errno
import hashlib
import io
import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import IO, Any
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from bgbegone.lib import ranges, sheets
from bgbegone.lib.http import BYTES_POLICY
from bgbegone.lib.zips import Archive, Entry, Shrunk
from images.batches import names, outcomes, setting
from images.batches.models import Batch, Item
from images.batches.names import Source, Unique
from images.batches.outcomes import Outcome
from images.editing.models import Rendition
from images.photos.models import Photo

logger = logging.getLogger(__name__)

MANIFEST = "manifest.csv"
# Of an address that names the photos it wants.
_MOST_PARTS, _MOST_RANGES = 2000, 200
_NEVER = datetime(1980, 1, 1, tzinfo=UTC)
_HEAD = ("number", "source", "result", "sha256", "width", "height", "confidence", "review", "checks", "error")


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive, its strong name, and the items that are in it."""

    archive: Archive
    etag: str
    items: list[Item]
    planned_at: datetime


def wanted(batch: Batch, which: str, numbers: str = "") -> "QuerySet[Item]":
    """The items that an archive is asked for: all that were not rejected, or a choice of them."""
    items = batch.items.exclude(verdict=Item.Verdict.REJECTED)
    if which == "accepted":
        return items.filter(verdict=Item.Verdict.ACCEPTED)
    if which == "changed":
        return items.filter(_changed())
    if which == "chosen":
        return batch.items.filter(_in(numbers))
    return items


def _changed() -> Q:
    """Made anew since it was taken, or wanted in another form."""
    cut_out, made = (
        Q(photo__cutout__finished_at__gt=F("taken_at")),
        Rendition.objects.filter(cutout=OuterRef("photo__cutout"), finished_at__gt=OuterRef("taken_at")),
    )
    return Q(taken_at__isnull=True) | cut_out | Q(Exists(made))


def ranges_of(numbers: Sequence[int]) -> str:
    """Numbers as an address can carry them: 1-400.402"""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ".".join(f"{a}-{b}" if a != b else str(a) for a, b in parts)


def _in(text: str) -> Q:
    """The reverse of `ranges_of`; what cannot be read chooses nothing, and neither do more ranges than a
    database compares a number with."""
    spans = set()
    for part in text.split(".")[:_MOST_PARTS]:
        first, _dash, last = part.partition("-")
        if _is_number(first) and _is_number(last or first):
            spans.add((int(first), int(last or first)))
    numbers = {first for first, last in spans if first == last}
    longer = [span for span in spans if span[0] < span[1]]
    if len(longer) > _MOST_RANGES:
        return Q(pk__in=[])
    chosen = Q(number__in=numbers)
    for span in longer:
        chosen |= Q(number__range=span)
    return chosen


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def pack(batch: Batch, items: "QuerySet[Item]", *, listing: bool = True) -> Packed:
    """Plan the archive. No file is opened, unless a cut-out of an earlier release must be measured.

    `listing` adds the manifest; a customer gets none, since it tells what the owner thought of each photo.
    """
    rows = list(items.select_related("photo__cutout", "batch").order_by("number"))
    return _packed(batch, rows, listing=listing)


def _packed(batch: Batch, rows: list[Item], *, listing: bool) -> Packed:
    found = outcomes.of(rows)
    unique, preset = Unique(MANIFEST), setting.word_of(batch)
    named = {item: unique.name(_name(batch, item, found[item], preset)) for item in rows if item in found}
    entries = [_entry(named[item], outcome) for item, outcome in found.items()]
    if listing:
        last = max((outcome.made_at for outcome in found.values()), default=batch.created_at)
        table = _manifest(rows, found, named)
        entries.append(Entry(MANIFEST, len(table), zlib.crc32(table), last, partial(io.BytesIO, table)))
    return Packed(Archive(entries), _etag(entries, found), list(found), timezone.now())


def pack_photos(photos: Sequence[Photo]) -> Packed:
    """The same for photos of no batch, or of several: nothing is set for them but their own edits."""
    batch = Batch(names="{name}", created_at=_NEVER)
    items = [
        Item(
            batch=batch,
            photo=photo,
            number=n,
            path=photo.name,
            fate=Item.Fate.READY,
            confidence=photo.cutout.confidence,
        )
        for n, photo in enumerate(photos, start=1)
        if photo.cutout.is_done
    ]
    return _packed(batch, items, listing=True)


def _name(batch: Batch, item: Item, outcome: Outcome, preset: str) -> str:
    source = Source(item.folder, item.name, item.number, preset)
    return names.filled(batch.names, source, outcome.extension)


def _entry(name: str, outcome: Outcome) -> Entry:
    opener: Callable[[], IO[bytes]] = partial(default_storage.open, outcome.file)
    return Entry(name, outcome.bytes, outcome.crc32, outcome.made_at, opener)


def _etag(entries: Sequence[Entry], found: dict[Item, Outcome]) -> str:
    """Everything that the bytes depend on: names, times, sizes, sums, and what is in each file."""
    digest = hashlib.sha256()
    for entry in entries:
        moment = f"{entry.modified.astimezone(UTC):%Y%m%d%H%M%S}"
        digest.update(f"{entry.name}\0{moment}\0{entry.size}\0{entry.crc32}\n".encode())
    for outcome in found.values():
        digest.update(outcome.sha256.encode())
    return f'"{digest.hexdigest()}"'


def _manifest(rows: Sequence[Item], found: dict[Item, Outcome], named: dict[Item, str]) -> bytes:
    """One line for each file that was sent, also where nothing came of it. Formulas are made harmless."""
    lines = [_HEAD, *(_line(item, found.get(item), named.get(item, "")) for item in rows)]
    return ("\ufeff" + "".join(sheets.lines(lines))).encode()


def _line(item: Item, outcome: Outcome | None, name: str) -> tuple[Any, ...]:
    return (
        item.number,
        item.path,
        name,
        outcome.sha256 if outcome else "",
        outcome.width if outcome else "",
        outcome.height if outcome else "",
        "" if item.confidence is None else round(item.confidence, 4),
        item.verdict,
        outcome.checks if outcome else "",
        _trouble(item, outcome),
    )


def _trouble(item: Item, outcome: Outcome | None) -> str:
    """Why there is no file; empty where there is one."""
    if outcome:
        return ""
    if failure := item.failure:
        return failure.sentence
    return _("Is being made") if item.fate == Item.Fate.READY else item.get_fate_display()


def answer(request: HttpRequest, packed: Packed, name: str, *, is_owners: bool = True) -> HttpResponseBase:
    """The archive, or the part of it that the request asks for.

    What its owner has taken to the end counts as taken; a customer's download does not.
    """
    size = packed.archive.size
    try:
        part, is_partial = ranges.wanted(request, size, packed.etag)
    except ranges.Unsatisfiable:
        return _dressed(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"}), packed, name)
    if request.headers.get("If-None-Match") == packed.etag:
        return _dressed(HttpResponse(status=304), packed, name)
    body = iter(()) if request.method == "HEAD" else _sent(packed, part, is_owners)
    response = StreamingHttpResponse(body, status=206 if is_partial else 200)
    response["Content-Length"] = str(part.stop - part.start)
    if is_partial:
        response["Content-Range"] = part.content_range
    return _dressed(response, packed, name)


def _dressed(response: HttpResponseBase, packed: Packed, name: str) -> HttpResponseBase:
    headers = {
        "Content-Type": "application/zip",
        "ETag": packed.etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(names.as_file(name))}.zip",
        "Content-Security-Policy": BYTES_POLICY,
        "Cache-Control": "no-store, private",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "X-Content-Type-Options": "nosniff",
    }
    for header, value in headers.items():
        response[header] = value
    return response


def _sent(packed: Packed, part: ranges.Part, is_owners: bool) -> Iterator[bytes]:
    try:
        yield from packed.archive.read(part.start, part.stop)
    except (FileNotFoundError, Shrunk):
        # The batch was deleted meanwhile. The length is promised, so the only honest end is a
        # broken line: a server that is told of a reset closes the connection, and the receiver misses bytes.
        logger.info("an archive broke off: a file of it is gone")
        raise ConnectionResetError(errno.ECONNRESET, "a file of the archive is gone") from None
    if is_owners and part.stop == part.size:
        Item.objects.filter(pk__in=[item.pk for item in packed.items]).update(taken_at=packed.planned_at)
