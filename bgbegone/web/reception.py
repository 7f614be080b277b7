"""Taking a request's body in, before a thread is given to it: bounded in bytes, time, memory and disk."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

# Of each body so much waits in memory; the rest goes to a file without a name.
IN_MEMORY = 64 * 1024
# As Apache's RequestReadTimeout: some time for everybody, more for whoever sends at this rate at least.
BODY_SECONDS, LEAST_BYTES_PER_SECOND = 20.0, 500
SILENT_SECONDS = 30.0
# A piece of a file in the protocol tus: whatever of it arrives need not be sent again. Unless it comes with a
# checksum, by which it is taken whole or not at all.
_PART, _CHECKSUM = b"application/offset+octet-stream", b"upload-checksum"
# An upload may not take the disk's last bytes, which database and results need.
KEPT_FREE = 256 * 1024 * 1024
_LOOK_AT_DISK = 8 * 1024 * 1024


class Gone(Exception):
    """The client has closed the connection."""


@dataclass
class Body:
    """What came in. `refusal` is why it was not kept, as a key of `bgbegone.lib.refusals`, or empty.
    `is_cut` says that the line broke, or fell silent, before its end."""

    most: int
    file: IO[bytes] = field(default_factory=partial(tempfile.SpooledTemporaryFile, max_size=IN_MEMORY))
    length: int = 0
    refusal: str = ""
    is_cut: bool = False

    @property
    def is_unread(self) -> bool:
        """Whether some of it may still come, which is nobody's next request."""
        return self.is_cut or bool(self.refusal)

    def take(self, chunk: bytes) -> None:
        """Write it down, as long as nothing speaks against it."""
        looked_at = self.length // _LOOK_AT_DISK
        self.length += len(chunk)
        if self.length > self.most:
            self.refusal = self.refusal or "too_large"
        elif self.length // _LOOK_AT_DISK > looked_at and _is_full():
            self.refusal = "disk_full"
        if not self.refusal:
            self._write(chunk)

    def _write(self, chunk: bytes) -> None:
        try:
            self.file.write(chunk)
        except OSError:
            self.refusal = "disk_full"

    def rewind(self) -> None:
        self.file.seek(0)

    def close(self) -> None:
        self.file.close()


def _is_full() -> bool:
    return shutil.disk_usage(tempfile.gettempdir()).free < KEPT_FREE


def comes_in_parts(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether half of such a request's body is worth something."""
    named = dict(headers)
    kind = named.get(b"content-type", b"").partition(b";")[0]
    return kind.strip().lower() == _PART and _CHECKSUM not in named


async def receive_body(receive: Receive, most: int, *, in_parts: bool = False) -> Body:
    """The whole body of a request. Raises `Gone` when the client leaves before its end.

    What is too much is read all the same, up to twice as much, so that a browser comes to read the answer.
    Of one that is worth something `in_parts`, what came before the line broke or fell silent is the body.
    """
    body, started = Body(most), asyncio.get_running_loop().time()
    try:
        await _take_all(receive, body, started)
    except (Gone, TimeoutError) as err:
        body.is_cut = in_parts and body.length > 0 and not body.refusal
        if isinstance(err, Gone) and not body.is_cut:
            body.close()
            raise
        body.refusal = "" if body.is_cut else "too_slow"
    except BaseException:
        body.close()
        raise
    body.rewind()
    return body


async def _take_all(receive: Receive, body: Body, started: float) -> None:
    async for chunk in _chunks(receive, body, started):
        if body.length + len(chunk) <= IN_MEMORY:
            body.take(chunk)
        else:
            await asyncio.to_thread(body.take, chunk)
        if body.length > 2 * body.most:
            break


async def _chunks(receive: Receive, body: Body, started: float) -> Any:
    """Each piece, as long as they come quickly enough."""
    more = True
    while more:
        earned = started + BODY_SECONDS + body.length / LEAST_BYTES_PER_SECOND
        silent = asyncio.get_running_loop().time() + SILENT_SECONDS
        async with asyncio.timeout_at(min(earned, silent)):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        more = message.get("more_body", False)
        if chunk := message.get("body"):
            yield chunk
