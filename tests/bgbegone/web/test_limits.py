"""Requests that are too large, ambiguous or mischievous."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bgbegone.web.client import HEAD, connected, status_of, statuses_of
from tests.bgbegone.web.conftest import MAX_MB, Server
from tests.stack import Visitor

_POST = b"POST /healthz HTTP/1.1\r\n" + HEAD
_SECOND = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        _POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        _POST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        _POST + b"Content-Length: 0, 44\r\n\r\n",
        _POST + b"Content-Length: +44\r\n\r\n",
        _POST + b"Content-Length: -1\r\n\r\n",
        _POST + b"Content-Length : 44\r\n\r\n",
        _POST + b"Transfer-Encoding: xchunked\r\n\r\n",
        _POST + b"Transfer-Encoding: chunked, identity\r\n\r\n",
        _POST + b"Transfer-Encoding: chunked\r\n\r\n5;\r\nabc\r\n0\r\n\r\n",
        _POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n",
        _POST + b"X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        _POST + b"X-Null: \x00\r\nContent-Length: 0\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_two_servers_could_read_in_two_ways_is_refused(server: Server, request_: bytes) -> None:
    with connected(server.port) as line:
        heard = line.say(request_, _SECOND).hear(10)
    assert 200 not in statuses_of(heard), heard
    assert server.is_alive()


def test_a_length_that_is_too_short_gives_no_second_answer(server: Server) -> None:
    with connected(server.port) as line:
        heard = line.say(_POST, b"Content-Length: 1\r\n\r\n", b"abcdef").hear(10)
    assert 200 not in statuses_of(heard)


def test_two_requests_at_once_get_two_answers_in_their_order(server: Server) -> None:
    with connected(server.port) as line:
        last = b"GET /nothing HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n"
        assert statuses_of(line.say(_SECOND, last).hear(10)) == [200, 404]


def test_a_body_in_chunks_arrives(server: Server) -> None:
    with connected(server.port) as line:
        head = (
            b"POST /beacon/ HTTP/1.1\r\n" + HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        assert status_of(line.say(head, b"2\r\nab\r\n0\r\n\r\n").hear(10)) in (204, 400)


def test_a_body_that_is_larger_than_any_upload_gets_its_page(server: Server) -> None:
    length = 4 * MAX_MB * 1_000_000 + 6_000_000
    with connected(server.port) as line:
        line.say(b"POST / HTTP/1.1\r\n", HEAD, f"Content-Length: {length}\r\n\r\n".encode())
        for _ in range(length // 1_000_000):
            line.say(b"x" * 1_000_000)
        answer = line.hear(20)
    assert status_of(answer) == 413
    assert b"larger than this service accepts" in answer


def test_large_uploads_go_to_the_disk_and_not_into_memory(server: Server) -> None:
    before = server.megabytes()
    photo = bytes(MAX_MB * 1_000_000)
    with pytest.raises(urllib.error.HTTPError) as refused:
        Visitor(server.address).upload(*[photo] * 4)
    assert refused.value.code == 422  # no photos, and read as far as it takes to see that
    assert server.megabytes() - before < 20


def test_a_thousand_and_one_photos_get_our_sentence_and_no_trace(server: Server) -> None:
    before = len(server.log)
    with pytest.raises(urllib.error.HTTPError) as refused:
        Visitor(server.address).upload(*[b"x"] * 1001)
    assert "Please send at most 4 photos at once." in refused.value.read().decode()
    assert "Traceback" not in server.log[before:]


def test_a_thousand_and_one_fields_get_a_page_and_no_trace(server: Server) -> None:
    visitor, before = Visitor(server.address), len(server.log)
    form = visitor.filled_form()  # with the cookie for which Django looks into the form at all
    form.data = "&".join(f"f{number}=" for number in range(1001)).encode()
    form.add_header("Content-Type", "application/x-www-form-urlencoded")
    with pytest.raises(urllib.error.HTTPError) as refused:
        visitor.send(form)
    assert refused.value.code == 400
    assert "more in it than the service takes" in refused.value.read().decode()
    assert "Traceback" not in server.log[before:]


def test_held_polls_hold_no_thread(server: Server) -> None:
    visitor = Visitor(server.address)
    photo = visitor.upload(_photo())
    news = visitor.get(f"{photo}status/").decode()
    poll = news.split('hx-get="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    with ThreadPoolExecutor(12) as pool:
        polls = [pool.submit(visitor.get, poll) for _ in range(12)]
        assert server.is_alive()
        assert not any(held.done() for held in polls)
        assert {held.result() for held in polls} == {b""}


def test_the_log_holds_no_address(server: Server) -> None:
    lines = [line for line in server.log.splitlines() if "127.0.0.1" in line]
    assert lines == []


def _photo() -> bytes:
    from tests.base import disc

    return disc()


def test_json_is_no_form(server: Server) -> None:
    request = urllib.request.Request(
        f"{server.address}/", json.dumps({"photos": "x"}).encode(), {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code in (403, 422)
