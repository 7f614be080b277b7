"""A ZIP archive whose every byte is known before the first is sent.

Entries are stored as they are: pictures are compressed already. With size and CRC-32 of each at hand, its
header stands complete in front of it, so that no data descriptors are needed (macOS opens no stored entry
that has one), the length of the whole is known ahead, and any part of it can be sent by itself.
"""

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import IO

_LIMIT_32, _LIMIT_16 = 0xFFFFFFFF, 0xFFFF
_CHUNK = 256 * 1024
_UTF8_NAMES = 1 << 11
_PLAIN, _ZIP64 = 20, 45  # the version of the format that a reader has to know
_UNIX = 3 << 8
_READABLE_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. `open` may raise FileNotFoundError when it is gone meanwhile."""

    name: str  # with “/” between folders
    size: int
    crc32: int
    modified: datetime
    open: Callable[[], IO[bytes]]

    @property
    def encoded(self) -> bytes:
        return self.name.encode()

    @property
    def is_huge(self) -> bool:
        return self.size >= _LIMIT_32


class Shrunk(OSError):
    """A file is shorter than it was said to be: what has been promised cannot be kept."""


def _dos_time(moment: datetime) -> tuple[int, int]:
    """Time and date in steps of two seconds, from 1980 on. In UTC, so that the same archive is the same."""
    at = moment.astimezone(UTC)
    year = min(max(at.year, 1980), 2107)
    return at.hour << 11 | at.minute << 5 | at.second // 2, (year - 1980) << 9 | at.month << 5 | at.day


class Archive:
    """`size` bytes; `read` gives any part of them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)
        self._starts: list[int] = []
        position = 0
        for entry in self.entries:
            self._starts.append(position)
            position += len(_local_header(entry)) + entry.size
        self._directory_start = position

    @property
    def size(self) -> int:
        return self._directory_start + len(self._tail)

    @cached_property
    def _tail(self) -> bytes:
        """The directory and the end of the archive."""
        listed = zip(self.entries, self._starts, strict=True)
        directory = b"".join(_directory_entry(entry, start) for entry, start in listed)
        return directory + _end(len(self.entries), len(directory), self._directory_start)

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `stop`.

        Raises what opening a file raises, and `Shrunk`.
        """
        stop = self.size if stop is None else stop
        first = max(bisect_right(self._starts, start) - 1, 0)
        for index in range(first, len(self.entries)):
            if self._starts[index] >= stop:
                return
            yield from self._part(index, start, stop)
        yield from _cut(self._tail, self._directory_start, start, stop)

    def _part(self, index: int, start: int, stop: int) -> Iterator[bytes]:
        """What of one entry lies between the two positions."""
        entry, position = self.entries[index], self._starts[index]
        header = _local_header(entry)
        yield from _cut(header, position, start, stop)
        position += len(header)
        begin, end = max(start - position, 0), min(stop - position, entry.size)
        if begin < end:
            yield from _content(entry, begin, end)


def _cut(data: bytes, position: int, start: int, stop: int) -> Iterator[bytes]:
    part = data[max(start - position, 0) : max(stop - position, 0)]
    if part:
        yield part


def _content(entry: Entry, begin: int, end: int) -> Iterator[bytes]:
    with entry.open() as file:
        file.seek(begin)
        left = end - begin
        while left:
            data = file.read(min(_CHUNK, left))
            if not data:
                raise Shrunk(entry.size)
            left -= len(data)
            yield data


def _local_header(entry: Entry) -> bytes:
    size = _LIMIT_32 if entry.is_huge else entry.size
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if entry.is_huge else b""
    version = _ZIP64 if entry.is_huge else _PLAIN
    fields = (0x04034B50, version, _UTF8_NAMES, 0, *_dos_time(entry.modified), entry.crc32, size, size)
    head = struct.pack("<IHHHHHIIIHH", *fields, len(entry.encoded), len(extra))
    return head + entry.encoded + extra


def _directory_entry(entry: Entry, start: int) -> bytes:
    large = [entry.size, entry.size] if entry.is_huge else []
    large += [start] if start >= _LIMIT_32 else []
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size = min(entry.size, _LIMIT_32)
    version = _ZIP64 if large else _PLAIN
    fields = (0x02014B50, _UNIX | version, version, _UTF8_NAMES, 0, *_dos_time(entry.modified))
    sizes = (entry.crc32, size, size, len(entry.encoded), len(extra))
    head = struct.pack("<IHHHHHHIIIHHHHHII", *fields, *sizes, 0, 0, 0, _READABLE_FILE, min(start, _LIMIT_32))
    return head + entry.encoded + extra


def _end(count: int, length: int, start: int) -> bytes:
    """The end of the directory, in the wide form, too, where the narrow one has no room."""
    wide = b""
    if count >= _LIMIT_16 or length >= _LIMIT_32 or start >= _LIMIT_32:
        record = (0x06064B50, 44, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, length, start)
        wide = struct.pack("<IQHHIIQQQQ", *record)
        wide += struct.pack("<IIQI", 0x07064B50, 0, start + length, 1)
    short = min(count, _LIMIT_16)
    fields = (0x06054B50, 0, 0, short, short, min(length, _LIMIT_32), min(start, _LIMIT_32), 0)
    return wide + struct.pack("<IHHHHIIH", *fields)
