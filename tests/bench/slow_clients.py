"""`python -m tests.bench.slow_clients [CONNECTIONS [SECONDS [IDLE]]]`: what slow clients cost everybody else.

Starts the service without a model, on this machine, and opens connections that send a byte a second, half of
them in their heads and half in their bodies; whichever the server closes is opened again. Meanwhile somebody
asks for /healthz and somebody uploads photos. Then idle connections, as many as are wanted and allowed.
Exit code 1 when a mark is missed.
"""

import asyncio
import contextlib
import http.client
import resource
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, proportional_kilobytes, serving

CONNECTIONS, SECONDS, IDLE = 500, 60, 10_000
MOST_MS, MOST_TIMES, MOST_MEGABYTES = 100, 1.2, 100

_HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
_BODY = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
)
_LIMITS = {"MAX_PHOTOS_PER_MINUTE": "100000", "MAX_WAITING_PER_PERSON": "100000"}


@dataclass
class Figures:
    healthz_ms: list[float] = field(default_factory=list)
    upload_seconds: list[float] = field(default_factory=list)
    megabytes: int = 0

    def p95(self) -> float:
        return sorted(self.healthz_ms)[int(len(self.healthz_ms) * 0.95)]


def main(connections: int, seconds: int, idle: int) -> int:
    _open_many_files()
    with tempfile.TemporaryDirectory() as folder:
        variables = {**_LIMITS, "BGBEGONE_MODELS": f"{folder}/none"}
        with serving(Path(folder), **variables) as stack:
            stack.wait_until("database", "storage")
            _look(stack, 3)  # warms everything up
            alone = _look(stack, 10)
            with _slow_clients(stack.port, connections) as slow:
                time.sleep(2)
                busy = _look(stack, seconds)
                print(
                    f"{slow.alive} of {connections} slow connections open, {slow.closed} closed by the server"
                )
            print(_idle_ones(stack, idle))
    return _judge(alone, busy)


def _judge(alone: Figures, busy: Figures) -> int:
    before, after = (statistics.median(figures.upload_seconds) for figures in (alone, busy))
    grown = busy.megabytes - alone.megabytes
    print(f"/healthz p95: {alone.p95():.0f} ms alone, {busy.p95():.0f} ms (mark {MOST_MS})")
    print(
        f"another's upload: {before:.3f} s alone, {after:.3f} s: {after / before:.2f} × (mark {MOST_TIMES})"
    )
    print(
        f"web server: {alone.megabytes} MB alone, {busy.megabytes} MB: {grown:+} MB (mark {MOST_MEGABYTES:+})"
    )
    is_met = busy.p95() <= MOST_MS and after <= MOST_TIMES * before and grown <= MOST_MEGABYTES
    return 0 if is_met else 1


def _open_many_files() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _look(stack: Stack, seconds: float) -> Figures:
    """Ask twenty times, then upload once, and so on."""
    figures, end = Figures(), time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(20):
            figures.healthz_ms.append(_healthz_ms(stack.port))
            time.sleep(0.02)
        figures.upload_seconds.append(_upload_seconds(stack))
        figures.megabytes = max(figures.megabytes, _megabytes(stack))
    return figures


def _healthz_ms(port: int) -> float:
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    return 1000 * (time.perf_counter() - started)


def _upload_seconds(stack: Stack) -> float:
    """From the first byte of a photo to the answer; a failure counts as a minute."""
    visitor = Visitor(stack.address)
    try:
        form = visitor.filled_form(ball() + bytes(3_000_000) + uuid.uuid4().bytes)
        started = time.perf_counter()
        visitor.send(form)
    except (OSError, http.client.HTTPException, urllib.error.URLError):
        return 60
    return time.perf_counter() - started


def _megabytes(stack: Stack) -> int:
    return sum(proportional_kilobytes(pid) for pid in stack.pids("gunicorn bgbegone")) // 1024


@dataclass
class _Slow:
    alive: int = 0
    closed: int = 0
    is_over: bool = False


@contextlib.contextmanager
def _slow_clients(port: int, number: int) -> Iterator[_Slow]:
    slow = _Slow()
    thread = threading.Thread(target=lambda: asyncio.run(_all_slow(port, number, slow)))
    thread.start()
    try:
        yield slow
    finally:
        slow.is_over = True
        thread.join()


async def _all_slow(port: int, number: int, slow: _Slow) -> None:
    await asyncio.gather(*(_one_slow(port, (_HEAD, _BODY)[n % 2], slow) for n in range(number)))


async def _one_slow(port: int, words: bytes, slow: _Slow) -> None:
    while not slow.is_over:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(words)
            slow.alive += 1
            try:
                await _trickle(reader, writer, slow)
            finally:
                slow.alive -= 1
                writer.close()


async def _trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, slow: _Slow) -> None:
    """A byte a second, until the server has had enough."""
    while not slow.is_over:
        writer.write(b"x")
        try:
            await asyncio.wait_for(reader.read(1000), 1)
        except TimeoutError:
            continue
        slow.closed += 1
        return


def _idle_ones(stack: Stack, number: int) -> str:
    before = _megabytes(stack)
    held, answered_ms = asyncio.run(_hold(stack.port, number))
    return (
        f"{held} of {number} idle connections kept open at once: /healthz p95 {answered_ms:.0f} ms, "
        f"web server {before} MB before and {_megabytes(stack)} MB after"
    )


async def _hold(port: int, number: int) -> tuple[int, float]:
    """Open them, each with one answered request, and ask while they are there."""
    gate, writers = asyncio.Semaphore(100), []

    async def one() -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(writer)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await asyncio.wait_for(reader.read(4096), 10)

    outcomes = await asyncio.gather(*(one() for _ in range(number)), return_exceptions=True)
    times = [await asyncio.to_thread(_healthz_ms, port) for _ in range(40)]
    for writer in writers:
        writer.close()
    return outcomes.count(None), sorted(times)[37]


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*[*numbers, *(CONNECTIONS, SECONDS, IDLE)[len(numbers) :]]))
