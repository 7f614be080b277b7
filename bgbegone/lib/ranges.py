"""Parts of an answer, so that a download which was cut goes on where it stood (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

from django.http import HttpRequest

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Unsatisfiable(Exception):
    """The part lies beyond the end."""


@dataclass(frozen=True, slots=True)
class Part:
    """From `start` up to, not including, `stop`, of `size` bytes."""

    start: int
    stop: int
    size: int

    @property
    def is_whole(self) -> bool:
        return (self.start, self.stop) == (0, self.size)

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def wanted(request: HttpRequest, size: int, etag: str) -> tuple[Part, bool]:
    """The part that the request asks for, and whether it asked for a part at all.

    Several parts at once, and a form that is not understood, get the whole; so does whoever has the
    beginning of something else (`If-Range`). Raises `Unsatisfiable`.
    """
    whole = Part(0, size, size)
    match = _ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    condition = request.headers.get("If-Range")
    if not match or match[1] == match[2] == "" or condition not in (None, etag):
        return whole, False
    if not match[1]:  # the last so many bytes
        start, stop = max(size - int(match[2]), 0), size
        if match[2].strip("0") == "":
            raise Unsatisfiable
    else:
        start = int(match[1])
        stop = min(int(match[2]) + 1, size) if match[2] else size
    if match[1] and match[2] and int(match[2]) < int(match[1]):
        return whole, False
    if start >= size:
        raise Unsatisfiable
    return Part(start, stop, size), True
