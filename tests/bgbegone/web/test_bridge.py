"""What reaches Django of a request whose line breaks in the middle."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from django.http import HttpResponse

from bgbegone.web import reception
from bgbegone.web.bridge import Bridge

_PIECE = [(b"content-type", b"application/offset+octet-stream")]
_CHECKED = [*_PIECE, (b"upload-checksum", b"sha1 x")]
_FORM = [(b"content-type", b"application/x-www-form-urlencoded")]


class _Site:
    """In place of Django: notes the bodies that it is given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> HttpResponse:
        self.bodies.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start("204 No Content", [])
        return HttpResponse(status=204)


def _served(headers: list[tuple[bytes, bytes]], *, leaves: bool) -> tuple[list[bytes], list[Any]]:
    """Bodies that the site saw, and the answers, when a client sends half and then leaves or is silent."""
    site, answers, came = _Site(), [], iter([b"x" * 5_000_000, b"y" * 4_000_000])
    scope = {
        "type": "http",
        "method": "PATCH",
        "raw_path": b"/batches/1/uploads/2/",
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "server": None,
        "client": None,
        "headers": headers,
    }

    async def receive() -> Mapping[str, Any]:
        if chunk := next(came, None):
            return {"type": "http.request", "body": chunk, "more_body": True}
        if not leaves:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        answers.append(message)

    bridge = Bridge(site, threads=1, most=10**8)  # type: ignore[arg-type]
    asyncio.run(bridge(scope, receive, send))
    return site.bodies, answers


def test_what_came_of_a_piece_reaches_its_view_when_the_client_has_left() -> None:
    bodies, _answers = _served(_PIECE, leaves=True)
    assert bodies == [b"x" * 5_000_000 + b"y" * 4_000_000]


def test_or_is_silent_and_then_the_line_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "SILENT_SECONDS", 0.2)
    bodies, answers = _served(_PIECE, leaves=False)
    assert [len(body) for body in bodies] == [9_000_000]
    assert answers[0]["status"] == 204
    assert (b"connection", b"close") in answers[0]["headers"]


@pytest.mark.parametrize("headers", [_CHECKED, _FORM])
def test_half_of_anything_else_reaches_nobody(headers: list[tuple[bytes, bytes]]) -> None:
    assert _served(headers, leaves=True) == ([], [])
