"""Between the event loop, which waits for clients, and Django, which works in threads.

A thread is taken when a request is wholly there, and given back before its answer has left: neither who
sends slowly nor who reads slowly holds one. While a view has no answer yet (`bgbegone.lib.waiting`), none is
held either.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from django.core.handlers.wsgi import WSGIHandler
from django.http.response import HttpResponseBase

from bgbegone.lib.refusals import REFUSED
from bgbegone.lib.waiting import CAN_WAIT, NotYet
from bgbegone.web.environ import environ_of
from bgbegone.web.reception import Body, Gone, Receive, comes_in_parts, receive_body

logger = logging.getLogger(__name__)

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
# What one visit of a thread takes from a file: its cost does not count, and little waits in memory.
_PIECE = 64 * 1024


class Bridge:
    """An ASGI application in front of a WSGI handler. `most` is the largest body, in bytes."""

    def __init__(self, handler: WSGIHandler, *, threads: int, most: int) -> None:
        self.handler = handler
        self.most = most
        self._threads = ThreadPoolExecutor(threads, "request")

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        try:
            in_parts = comes_in_parts(scope["headers"])
            body = await receive_body(receive, self.most, in_parts=in_parts)
        except Gone:
            return
        gone = asyncio.ensure_future(receive())
        try:
            await self._answer(environ_of(scope, body), body, gone, send)
        finally:
            gone.cancel()
            body.close()

    async def _answer(
        self, environ: dict[str, Any], body: Body, gone: "asyncio.Future[Any]", send: Send
    ) -> None:
        environ |= {CAN_WAIT: True, REFUSED: body.refusal}
        status, headers, response = await self._in_thread(self._call, environ)
        while isinstance(response, NotYet):
            if not await _waited(response, gone):
                return
            body.rewind()
            status, headers, response = await self._in_thread(self._call, {**environ, **response.asked})
        if body.is_unread:
            # What the client may still be sending is nobody's next request.
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await self._deliver(response, gone, send)

    def _call(self, environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], HttpResponseBase]:
        """Let Django answer. What is not streamed is complete with this, and its thread is free."""
        status, headers = 500, []

        def start(
            line: str, pairs: list[tuple[str, str]], _error: object = None
        ) -> Callable[[bytes], object]:
            nonlocal status, headers
            status = int(line[:3])
            headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
            return len

        response = self.handler(environ, start)
        if not response.streaming:
            response.close()
        return status, headers, response

    async def _deliver(self, response: HttpResponseBase, gone: "asyncio.Future[Any]", send: Send) -> None:
        if not response.streaming:
            await send({"type": "http.response.body", "body": response.content})  # type: ignore[attr-defined]
            return
        try:
            pieces = iter(cast(Iterator[bytes], response))
            while not gone.done() and (piece := await self._in_thread(_piece_of, pieces)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await self._in_thread(response.close)

    async def _in_thread(self, function: Callable[..., Any], *args: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


def _piece_of(pieces: Iterator[bytes]) -> bytes:
    """Some of what is left, together; empty at the end."""
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= _PIECE:
            break
    return b"".join(taken)


async def _waited(response: NotYet, gone: "asyncio.Future[Any]") -> bool:
    """Put a request aside until there is news or its time is over; False when its client has left."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(news.set)

    watch = response.topic.watch(response.key, response.seen, wake)
    told = asyncio.ensure_future(news.wait())
    try:
        await asyncio.wait({told, gone}, timeout=response.seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
        response.topic.leave(watch)
    return not gone.done()
