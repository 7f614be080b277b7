"""What Django is told about a request."""

from typing import Any

from bgbegone.web.environ import environ_of
from bgbegone.web.reception import Body


def _environ(*headers: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    scope = {
        "method": "POST",
        "raw_path": b"/photos/",
        "query_string": b"page=2",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 4321),
        "headers": list(headers),
        **changes,
    }
    body = Body(100)
    body.take(b"abc")
    return environ_of(scope, body)


def test_address_and_path() -> None:
    environ = _environ()
    assert (environ["REMOTE_ADDR"], environ["PATH_INFO"], environ["QUERY_STRING"]) == (
        "192.0.2.7", "/photos/", "page=2",
    )  # fmt: skip


def test_a_path_of_other_letters_comes_as_wsgi_wants_it() -> None:
    assert _environ(raw_path=b"/%C3%BC%2F")["PATH_INFO"].encode("latin-1").decode() == "/ü/"


def test_headers_have_their_names() -> None:
    environ = _environ((b"host", b"a.example"), (b"content-type", b"text/plain"))
    assert (environ["HTTP_HOST"], environ["CONTENT_TYPE"]) == ("a.example", "text/plain")


def test_one_that_comes_twice_is_joined() -> None:
    environ = _environ((b"accept", b"a"), (b"accept", b"b"), (b"cookie", b"c=1"), (b"cookie", b"d=2"))
    assert (environ["HTTP_ACCEPT"], environ["HTTP_COOKIE"]) == ("a,b", "c=1; d=2")


def test_one_with_an_underscore_does_not_pass_for_the_proxys() -> None:
    assert "HTTP_X_FORWARDED_FOR" not in _environ((b"x_forwarded_for", b"192.0.2.1"))


def test_the_length_is_the_one_that_was_counted() -> None:
    environ = _environ((b"content-length", b"99"), (b"transfer-encoding", b"chunked"))
    assert environ["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in environ


def test_of_a_body_that_was_refused_nothing_is_there() -> None:
    body = Body(2)
    body.take(b"abc")
    environ = environ_of(
        {
            "method": "POST",
            "raw_path": b"/",
            "query_string": b"",
            "http_version": "1.1",
            "scheme": "http",
            "server": None,
            "client": None,
            "headers": [],
        },
        body,
    )
    assert environ["CONTENT_LENGTH"] == "0"
