"""The body of a request: a form with files, a form without, or JSON; read once, and never beyond a bound.

Django's own reader bounds what is not a file to 2.5 MB, for the forms of web pages; here a picture may come
as base64 in any of the three.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, cast
from urllib.parse import parse_qsl

from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import (
    FIELD,
    FILE,
    ChunkIter,
    LazyStream,
    MultiPartParserError,
    Parser,
)
from django.utils.encoding import force_str
from django.utils.http import parse_header_parameters

from bgbegone.lib.refusals import REFUSED
from images.photos.receiving import ReceivedPhoto
from images.work.limits import most_bytes

_CHUNK = 64 * 1024
_IN_MEMORY = 256 * 1024
# A picture as base64, with room for percent signs, and the other fields.
_ROOM = 200_000
_MOST_PARTS = 100
# In what this API takes there are a few; each costs memory many times its byte.
_MOST_BRACKETS = 2000

# What a file is called that came without a name.
NAMELESS = "photo"

_PARTS = {FIELD, FILE}


class BadBody(Exception):
    """`code`: “cut_off”, “too_large”, “malformed” or “nested”."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Body:
    """Fields by name, as sent: text in forms, anything JSON has in JSON; files by name."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, ReceivedPhoto] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)

    def add(self, name: str, value: Any) -> None:
        if name in self.fields:
            self.repeated.add(name)
        self.fields[name] = value

    def forget(self) -> None:
        """Let go of what may be large, when all of it has been read."""
        self.fields.clear()
        self.files.clear()


def most() -> int:
    """Bytes that a body may have."""
    return 2 * (most_bytes() * 4 // 3) + _ROOM


def read(request: HttpRequest) -> Body:
    """The body, whatever its kind; its type decides, and where that says nothing, its first bytes.

    Raises BadBody.
    """
    announced = _announced(request)
    refusal = request.META.get(REFUSED)
    if refusal:
        raise BadBody("too_large" if refusal == "too_large" else "cut_off")
    if announced > most():
        raise BadBody("too_large")
    stream = _Counted(request, announced)
    kind, parameters = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
    try:
        body = _read(stream, kind.lower(), parameters)
    except (UnreadablePostError, ConnectionError, TimeoutError, OSError) as err:
        raise BadBody("cut_off") from err
    if stream.taken < announced and not stream.drain():
        raise BadBody("cut_off")
    return body


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _source_of(request: HttpRequest) -> Any:
    """The request; or the server's own stream, of a body in chunks, which Django takes for empty."""
    environ = getattr(request, "environ", {})
    is_chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    return environ["wsgi.input"] if is_chunked and environ.get("wsgi.input_terminated") else request


class _Counted:
    """The request's stream with a count, and an end at the bound."""

    def __init__(self, request: HttpRequest, announced: int) -> None:
        self._source, self._announced, self.taken = _source_of(request), announced, 0

    def read(self, size: int = -1) -> bytes:
        wanted = _CHUNK if size is None or size < 0 else min(size, _CHUNK)
        data: bytes = self._source.read(wanted)
        self.taken += len(data)
        if self.taken > most():
            raise BadBody("too_large")
        return data

    def everything(self) -> bytes:
        return b"".join(iter(self.read, b""))

    def drain(self) -> bool:
        """Read on to the end; whether all came that was announced. What follows a form's end is nothing."""
        for _ in iter(self.read, b""):
            pass
        return self.taken >= self._announced


def _read(stream: _Counted, kind: str, parameters: dict[str, str]) -> Body:
    if kind == "multipart/form-data":
        return _multipart(stream, parameters.get("boundary", ""))
    data = stream.everything()
    is_json = kind.endswith(("/json", "+json"))
    if is_json or (kind != "application/x-www-form-urlencoded" and data.lstrip()[:1] == b"{"):
        return _json(data)
    return _urlencoded(data)


def _json(data: bytes) -> Body:
    if not data.strip():
        return Body()
    if data.count(b"[") + data.count(b"{") > _MOST_BRACKETS:
        raise BadBody("nested")
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text:  # half of an escaped pair is no text, and no database takes it
            json.dumps(document, ensure_ascii=False).encode()
    except RecursionError as err:
        raise BadBody("nested") from err
    except ValueError as err:
        raise BadBody("malformed") from err
    if not isinstance(document, dict):
        raise BadBody("malformed")
    return Body(fields=document)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _urlencoded(data: bytes) -> Body:
    body = Body()
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=_MOST_PARTS)
    except ValueError as err:
        raise BadBody("malformed") from err
    for name, value in pairs:
        body.add(name, value)
    return body


def _multipart(stream: _Counted, boundary: str) -> Body:
    if not boundary or len(boundary) > 200 or not boundary.isascii():
        raise BadBody("malformed")
    body, number = Body(), 0
    try:
        parser = Parser(LazyStream(ChunkIter(cast(Any, stream), _CHUNK)), boundary.encode())
        for kind, about, content in parser:
            disposition = about.get("content-disposition")
            if kind not in _PARTS or not disposition:
                continue
            number += 1
            if number > _MOST_PARTS:
                raise BadBody("malformed")
            _add_part(body, disposition[1], cast(Iterator[bytes], content))
    except (MultiPartParserError, ValueError, UnicodeDecodeError) as err:
        raise BadBody("malformed") from err
    return body


def _add_part(body: Body, about: dict[str, Any], content: Iterator[bytes]) -> None:
    name = force_str(about.get("name", ""), errors="replace").strip()
    # Some clients send a file without a name; what it is, its bytes will say.
    if "filename" in about or name.endswith("_file"):
        if name in body.files:
            body.repeated.add(name)
        body.files[name] = _received(content, force_str(about.get("filename", ""), errors="replace"))
    else:
        body.add(name, b"".join(content).decode(errors="replace"))


def _received(content: Iterator[bytes], name: str) -> ReceivedPhoto:
    """A file up to the limit for one; of what lies beyond, only the length is kept."""
    file = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 (outlives this call)
    length = 0
    for chunk in content:
        length += len(chunk)
        if length <= most_bytes():
            file.write(chunk)
    file.seek(0)
    last = name.replace("\\", "/").rpartition("/")[2].strip()
    photo = ReceivedPhoto(file=file, name=NAMELESS if last in ("", ".", "..") else last, size=length)
    photo.refusal = "too_many_bytes" if length > most_bytes() else ""
    return photo


def photo_of(data: bytes, name: str = "") -> ReceivedPhoto:
    """Bytes that came another way, as if they were a file of a form."""
    return _received(iter([data]), name)
