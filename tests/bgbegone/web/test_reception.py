"""Taking in a body: what is kept, what is refused, and when it is given up."""

import asyncio
import errno
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bgbegone.web import reception
from bgbegone.web.reception import IN_MEMORY, Body, Gone, Receive, comes_in_parts, receive_body


def _client(*chunks: bytes, ends: bool = True) -> Receive:
    """Sends these pieces at once; then the end, or nothing more."""
    messages: Iterator[Mapping[str, Any]] = iter(
        {"type": "http.request", "body": chunk, "more_body": not (ends and number == len(chunks) - 1)}
        for number, chunk in enumerate(chunks)
    )

    async def receive() -> Mapping[str, Any]:
        message = next(messages, None)
        if message is None:
            await asyncio.sleep(60)
        assert message is not None
        return message

    return receive


def _received(receive: Receive, most: int = 10**9) -> Body:
    return asyncio.run(receive_body(receive, most))


def test_all_of_it_is_there_from_its_beginning() -> None:
    body = _received(_client(b"abc", b"", b"def"))
    assert (body.file.read(), body.length, body.refusal) == (b"abcdef", 6, "")


def test_no_body_is_an_empty_one() -> None:
    assert _received(_client(b"")).length == 0


def test_what_is_large_lies_in_a_file_without_a_name() -> None:
    body = _received(_client(b"x" * IN_MEMORY, b"y" * 10))
    assert isinstance(body.file.name, int)
    assert body.file.read()[-11:] == b"x" + b"y" * 10


def test_too_much_is_read_and_not_kept() -> None:
    body = _received(_client(b"x" * 60, b"x" * 60, b"x" * 60), most=100)
    assert (body.refusal, body.length) == ("too_large", 180)
    assert len(body.file.read()) == 60


def test_far_too_much_is_not_read_to_its_end() -> None:
    assert _received(_client(*[b"x" * 60] * 9, ends=False), most=100).length == 240


def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "SILENT_SECONDS", 0.05)
    assert _received(_client(b"abc", ends=False)).refusal == "too_slow"


def test_a_trickle_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "BODY_SECONDS", 0.2)

    async def receive() -> Mapping[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    body = _received(receive)
    assert body.refusal == "too_slow"
    assert body.length < 50


def test_bytes_earn_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "BODY_SECONDS", 0.5)
    sent = 0

    async def receive() -> Mapping[str, Any]:
        nonlocal sent
        if sent:  # the first has no more time than those
            await asyncio.sleep(0.1)
        sent += 1
        return {"type": "http.request", "body": b"x" * 500, "more_body": sent < 10}

    assert _received(receive).refusal == ""


def test_a_client_that_leaves() -> None:
    async def receive() -> Mapping[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(Gone):
        _received(receive)


def _leaving(*chunks: bytes) -> Receive:
    """Sends these pieces and closes the connection before the end."""
    sends = _client(*chunks, ends=False)
    left = len(chunks)

    async def receive() -> Mapping[str, Any]:
        nonlocal left
        left -= 1
        return await sends() if left >= 0 else {"type": "http.disconnect"}

    return receive


def test_of_what_is_taken_in_parts_that_which_came_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "SILENT_SECONDS", 0.05)
    for receive in (_leaving(b"abc", b"def"), _client(b"abc", b"def", ends=False)):
        body = asyncio.run(receive_body(receive, 100, in_parts=True))
        assert (body.file.read(), body.length, body.refusal) == (b"abcdef", 6, "")
        assert body.is_unread


def test_nothing_and_too_much_are_no_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "SILENT_SECONDS", 0.05)
    for receive in (_leaving(), _leaving(b"x" * 150)):
        with pytest.raises(Gone):
            asyncio.run(receive_body(receive, 100, in_parts=True))
    assert asyncio.run(receive_body(_client(ends=False), 100, in_parts=True)).refusal == "too_slow"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({b"content-type": b"application/offset+octet-stream"}, True),
        ({b"content-type": b"application/offset+octet-stream", b"upload-checksum": b"sha1 x"}, False),
        ({b"content-type": b"multipart/form-data; boundary=x"}, False),
        ({}, False),
    ],
)
def test_only_pieces_of_a_file_come_in_parts(headers: dict[bytes, bytes], expected: bool) -> None:
    assert comes_in_parts(headers.items()) is expected


def test_a_disk_that_fills_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, chunk: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reception.tempfile.SpooledTemporaryFile, "write", full)
    assert _received(_client(b"abc", b"def")).refusal == "disk_full"


def test_the_last_of_the_disk_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "KEPT_FREE", 10**18)
    assert _received(_client(b"abc")).refusal == ""
    assert _received(_client(b"x" * reception._LOOK_AT_DISK)).refusal == "disk_full"
