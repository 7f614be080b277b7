"""Clients that stop in the middle or never read: they are let go, and nobody waits for them."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bgbegone.web.client import HEAD, Line, connected, get, status_of
from tests.bgbegone.web.conftest import THREADS, Server, start
from tests.bgbegone.web.quick import SECONDS

_FORM = b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Type: multipart/form-data; boundary=x\r\n"


@contextlib.contextmanager
def _lines(server: Server, number: int) -> Iterator[list[Line]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connected(server.port)) for _ in range(number)]


@pytest.mark.parametrize(
    "words",
    [b"", b"GET", b"GET / HTTP/1.1\r\n" + HEAD + b"X-", _FORM + b"Content-Length: 100\r\n\r\nabc"],
    ids=["silent", "half a line", "half a head", "half a body"],
)
def test_ten_times_as_many_as_there_are_threads_stop_nobody(server: Server, words: bytes) -> None:
    with _lines(server, 10 * THREADS) as lines:
        for line in lines:
            line.say(words)
        started = time.monotonic()
        assert server.is_alive()
        assert time.monotonic() - started < SECONDS


def test_a_head_without_an_end_is_given_up(server: Server) -> None:
    with connected(server.port) as line:
        assert line.say(b"GET / HTTP/1.1\r\n", HEAD).is_closed(5 * SECONDS)


def test_a_head_that_trickles_is_given_up_as_well(server: Server) -> None:
    with connected(server.port) as line:
        line.say(b"GET / HTTP/1.1\r\n", HEAD, b"X: ")
        deadline = time.monotonic() + 5 * SECONDS
        while not line.is_closed(0.2) and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                line.say(b"x")
        assert time.monotonic() < deadline


def test_a_head_that_grows_without_end_is_refused(server: Server) -> None:
    with connected(server.port) as line:
        line.say(b"GET / HTTP/1.1\r\n", HEAD, b"X: ")
        with contextlib.suppress(OSError):
            for _ in range(20):
                line.say(b"x" * 10_000)
                time.sleep(0.02)
        assert line.is_closed(SECONDS / 2)


def test_the_head_after_an_answer_has_a_deadline_too(server: Server) -> None:
    with connected(server.port) as line:
        line.say(b"GET /healthz HTTP/1.1\r\n", HEAD, b"\r\n", b"GET /hea")
        assert line.is_closed(5 * SECONDS)


def test_a_body_that_stops_gets_a_page_that_says_so(server: Server) -> None:
    with connected(server.port) as line:
        answer = line.say(_FORM, b"Content-Length: 1000\r\n\r\n--x\r\nContent-").hear(10 * SECONDS)
    assert status_of(answer) == 408
    assert b"came in so slowly" in answer
    assert b"connection: close" in answer.lower()


def test_a_client_that_leaves_in_the_middle_leaves_nothing(server: Server) -> None:
    before = len(server.log)
    with connected(server.port) as line:
        line.say(_FORM, b"Content-Length: 900000\r\n\r\n", b"x" * 200_000)
    time.sleep(0.5)
    assert server.is_alive()
    assert "Traceback" not in server.log[before:]


def test_one_that_never_reads_is_let_go(server: Server) -> None:
    with connected(server.port) as line:
        line.say(b"GET /static/large.bin HTTP/1.1\r\n", HEAD, b"\r\n")
        time.sleep(4 * SECONDS)
        heard = line.hear(5)
    assert status_of(heard) == 200
    assert len(heard) < 20_000_000


def test_many_that_read_slowly_hold_no_thread(server: Server) -> None:
    with _lines(server, 5 * THREADS) as lines:
        for line in lines:
            line.say(b"GET /static/large.bin HTTP/1.1\r\n", HEAD, b"\r\n")
        started = time.monotonic()
        assert server.is_alive()
        assert time.monotonic() - started < SECONDS


def test_the_whole_of_a_large_file_arrives(server: Server) -> None:
    assert len(get(server.port, "/static/large.bin").partition(b"\r\n\r\n")[2]) == 20_000_000


def test_a_thousand_idle_connections_cost_little(server: Server) -> None:
    before = server.megabytes()
    with _lines(server, 1000) as lines:
        for line in lines:
            line.say(b"GET /healthz HTTP/1.1\r\n", HEAD, b"\r\n")
        assert server.is_alive()
        assert server.megabytes() - before < 60


def test_the_end_waits_for_whoever_is_in_the_middle_and_not_for_half_a_head(tmp_path: Path) -> None:
    for server in start(tmp_path):
        with _lines(server, 4) as (line, *others):
            line.say(b"POST /beacon/ HTTP/1.1\r\n", HEAD, b"Content-Length: 4\r\n\r\nab")
            for other in others:
                other.say(b"GET / HTTP/1.1\r\n")
            time.sleep(0.3)
            os.kill(server.process.pid, signal.SIGTERM)
            assert all(other.is_closed(10) for other in others)
            assert status_of(line.say(b"cd").hear(10)) == 204
            assert server.process.wait(30) == 0
        assert "Traceback" not in server.log
