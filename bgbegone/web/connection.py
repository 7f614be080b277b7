"""One connection of a client that may be slow, silent or hostile.

Uvicorn's parser is llhttp, which Node runs on: it refuses what two servers could read in two ways. What
Uvicorn leaves to a proxy is here: how long each step may take, how large a head may be, and how many
connections there are. A body's own time limit is in `reception`.
"""

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# A browser opens connections in advance and sends nothing on them: time for a person to click.
HEAD_SECONDS = 15.0
# Longer than any browser's cookies and Accept lines together.
HEAD_BYTES = 64 * 1024
# Nobody who reads takes longer than this for the 64 KB that wait to be sent.
SEND_SECONDS = 30.0
# For everything else that the process opens: database, log, pictures.
_OTHER_FILES = 128


def most_connections() -> int:
    """Each may have a file for its body, and none may take the last one away from the rest of the process."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(limit - _OTHER_FILES, 2) // 2


class Connection(HttpToolsProtocol):
    """Uvicorn's, with a deadline for each step at which a client could let it wait."""

    # Open between two requests, the longest first: they give way when there are too many.
    _idle: "dict[Connection, None]" = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > most_connections() and not self._make_room():
            transport.abort()
            return
        self._expect_head()

    def _make_room(self) -> bool:
        """Close whichever has been idle for longest; False when all are at work."""
        oldest = next(iter(self._idle), None)
        if oldest:
            oldest.abort()
        return oldest is not None

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_deadline()
        self._idle.pop(self, None)
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._idle.pop(self, None)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response("The head of this request is too large.")
        elif not self._is_at_work and self._deadline is None:
            # An empty line before a request, or what is left of a body that was answered early.
            self._expect_head()

    @property
    def _is_at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0
        if self._deadline is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._stop_deadline()
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            raise ValueError  # the parser reports it, and the client gets a 400
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing() and not self._is_at_work:
            self._idle[self] = None

    def _expect_head(self) -> None:
        self._start_deadline(HEAD_SECONDS)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_deadline(SEND_SECONDS)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_deadline()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        # Closing waits for the client to fetch what was written, which it may never do.
        self._start_deadline(SEND_SECONDS)

    def _start_deadline(self, seconds: float) -> None:
        self._stop_deadline()
        self._deadline = self.loop.call_later(seconds, self.abort)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def abort(self) -> None:
        """End it without a word. Its request, if there is one, learns that the client has gone."""
        self._idle.pop(self, None)
        self.transport.abort()
