"""The bytes of an upload on their way: each piece is an object of its own, on a disk as on S3.

A piece is stored first and then made part of the upload by one guarded UPDATE of its offset. Of two requests
that send the same bytes, one wins; what a killed process has stored is all there, up to the last piece.
"""

import base64
import errno
import hashlib
import hmac
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import UnreadablePostError

from images.batches.models import Upload
from images.work.failures import StorageFull

ROOT = "uploads"
# What a request brings is stored whenever so much of it has come: a line that breaks loses less.
PIECE_BYTES = 4_000_000
# A file of the largest size in the smallest pieces that make sense. More would be a way to fill a row.
MOST_PIECES = 2000
_IN_MEMORY = 256 * 1024
_READ_BYTES = 64 * 1024


class Source(Protocol):
    """A request, as far as its body is read here: never as a whole."""

    def read(self, size: int, /) -> bytes: ...


class WrongOffset(Exception):
    """The upload stands elsewhere, or another request has moved it meanwhile."""


class WrongChecksum(Exception):
    """What arrived is not what was sent; nothing of it was kept."""


class TooManyPieces(Exception):
    """The client sends crumbs."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the body of one request has to come to."""

    algorithm: str  # a name that hashlib knows
    digest: bytes


@contextmanager
def _draft() -> Iterator[IO[bytes]]:
    """A file without a name: a process that is killed leaves nothing of it behind."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        yield file


def append(upload: Upload, source: Source, most: int, checksum: Checksum | None = None) -> None:
    """Add up to `most` bytes of a body to the upload; keeps what came when the line breaks.

    With a checksum it is all or nothing. Raises `WrongOffset`, `WrongChecksum`, `TooManyPieces`, and
    `StorageFull`.
    """
    if checksum:
        _append_checked(upload, source, most, checksum)
        return
    while most > 0:
        with _draft() as draft:
            length = _copy(source, draft, min(most, PIECE_BYTES))
            if length:
                _store(upload, draft, length)
        if length < min(most, PIECE_BYTES):
            return
        most -= length


def _append_checked(upload: Upload, source: Source, most: int, checksum: Checksum) -> None:
    with _draft() as draft:
        length = _copy(source, draft, most)
        draft.seek(0)
        found = hashlib.file_digest(draft, checksum.algorithm).digest()  # type: ignore[arg-type]
        if not hmac.compare_digest(found, checksum.digest):
            raise WrongChecksum
        if length:
            _store(upload, draft, length)


def _copy(source: Source, target: IO[bytes], most: int) -> int:
    """Copy until so many bytes have come, or the line has broken; return how many."""
    length = 0
    try:
        while length < most and (data := source.read(min(_READ_BYTES, most - length))):
            target.write(data)
            length += len(data)
    except UnreadablePostError:
        pass  # what came before counts
    except OSError as err:
        raise _full(err) from err
    return length


def _store(upload: Upload, draft: IO[bytes], length: int) -> None:
    if len(upload.pieces) >= MOST_PIECES:
        raise TooManyPieces
    draft.seek(0)
    name = f"{folder_of(upload.pk)}/{upload.offset:012d}-{uuid.uuid4().hex}"
    try:
        name = default_storage.save(name, File(draft))
    except OSError as err:
        default_storage.delete(name)
        raise _full(err) from err
    if not upload.advance(name, length):
        default_storage.delete(name)
        raise WrongOffset


def _full(err: OSError) -> Exception:
    return StorageFull() if err.errno in (errno.ENOSPC, errno.EDQUOT) else err


@contextmanager
def joined(upload: Upload) -> Iterator[IO[bytes]]:
    """The whole file, at its beginning. Raises FileNotFoundError when a piece is gone, and `StorageFull`."""
    with _draft() as whole:
        for name in upload.pieces:
            with default_storage.open(name) as piece:
                _copy(piece, whole, upload.size)
        whole.seek(0)
        yield whole


def folder_of(upload: uuid.UUID) -> str:
    return f"{ROOT}/{upload}"


def delete(upload: uuid.UUID) -> None:
    """Every piece of an upload, also those that its row does not know."""
    folder = folder_of(upload)
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    # On a disk the empty folder remains; on S3 there is none.
    default_storage.delete(folder)


def uploads_in_store() -> list[uuid.UUID]:
    try:
        folders = default_storage.listdir(ROOT)[0]
    except FileNotFoundError:
        return []
    found = []
    for folder in folders:
        try:
            found.append(uuid.UUID(folder))
        except ValueError:
            continue
    return found


def checksum_of(header: str, algorithms: tuple[str, ...]) -> Checksum:
    """Read “sha1 BASE64”. Raises ValueError for anything else."""
    algorithm, _space, encoded = header.partition(" ")
    if algorithm not in algorithms:
        raise ValueError(algorithm)
    return Checksum(algorithm, base64.b64decode(encoded, validate=True))
