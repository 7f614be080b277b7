"""The door to addresses that customers give: what opens it, and every trick that must not."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import override_settings

from images.api.fetching import services
from images.api.fetching.services import NotFetched, fetch, post
from tests.images.api import hostile
from tests.images.api.hostile import server

LOOPBACK = override_settings(FETCH_NETWORKS=["127.0.0.0/8"])


def code_of(address: str, *, seconds: float = 5, most_bytes: int = 100_000) -> str:
    with pytest.raises(NotFetched) as caught:
        fetch(address, most_bytes=most_bytes, seconds=seconds)
    return caught.value.code


@contextmanager
def allowed(answer: hostile.Answer) -> Iterator[str]:
    """A server that the operator has allowed."""
    with server(answer) as port, LOOPBACK:
        yield f"http://127.0.0.1:{port}/photo.jpg"


def test_a_picture() -> None:
    with allowed(hostile.sends(b"picture")) as address:
        assert fetch(address, most_bytes=1000) == b"picture"


def test_off_by_a_setting() -> None:
    with allowed(hostile.sends(b"picture")) as address, override_settings(FETCH_ADDRESSES=False):
        assert code_of(address) == "off"


PRIVATE = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://localhost:{port}/",
    "http://localhost.:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://168.63.129.16/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused(address: str) -> None:
    asked = []
    with server(lambda handler: asked.append(handler.path)) as port:
        assert code_of(address.format(port=port)) == "refused"
    assert not asked


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/a.jpg",
        "file:///etc/passwd",
        "gopher://example.org/",
        "data:image/png;base64,AAAA",
        "//example.org/a.jpg",
        "example.org/a.jpg",
        "http://",
        "http:///a.jpg",
        "http://user@example.org/a.jpg",
        "http://user:password@example.org/a.jpg",
        "http://example.org\\@127.0.0.1/",
        "http://example.org:25/",
        "http://example.org:22/",
        "http://example.org:99999/",
        "http://example.org/\r\nHost: other",
        "http://exa mple.org/",
        "http://[::1",
        "http://" + "a" * 3000 + ".org/",
        "",
    ],
)
def test_an_odd_address_is_refused(address: str) -> None:
    assert code_of(address) == "refused"


def test_our_own_name_is_refused() -> None:
    with override_settings(ALLOWED_HOSTS=["photos.example.org"]):
        assert code_of("https://photos.example.org/photos/") == "refused"
        assert code_of("https://PHOTOS.example.org./photos/") == "refused"


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"mixed.example": [["93.184.216.34", "127.0.0.1"]]}
    monkeypatch.setattr(socket, "getaddrinfo", hostile.resolving(names))
    assert code_of("http://mixed.example/") == "refused"


def test_a_name_that_changes_its_address_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look-up would lead to a server of ours; the address that was checked is the one used."""
    wanted: list[str] = []

    def connect(address: tuple[str, int], *args: object, **kwargs: object) -> socket.socket:
        wanted.append(str(socket.getaddrinfo(*address)[0][4][0]))
        raise OSError("no packet leaves a test")

    names = {"rebinding.example": [["203.0.114.1"], ["127.0.0.1"]]}
    monkeypatch.setattr(socket, "getaddrinfo", hostile.resolving(names))
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    assert code_of("http://rebinding.example/") == "failed"
    assert wanted == ["203.0.114.1"]


def test_the_checked_address_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(hostile.sends(b"first")) as port, LOOPBACK:
        names = {"moving.example": [["127.0.0.1"], ["127.0.0.2"]]}
        monkeypatch.setattr(socket, "getaddrinfo", hostile.resolving(names))
        assert fetch(f"http://moving.example:{port}/", most_bytes=100) == b"first"


def test_a_redirect_is_followed() -> None:
    def answer(handler: object) -> None:
        path = handler.path
        if path == "/there":
            hostile.sends(b"picture")(handler)  # type: ignore[arg-type]
        else:
            hostile.sends(b"", status=302, Location="/there")(handler)  # type: ignore[arg-type]

    with allowed(answer) as address:
        assert fetch(address, most_bytes=1000) == b"picture"


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://user:secret@93.184.216.34/",
        "http://93.184.216.34:25/",
        "",
    ],
)
def test_a_redirect_into_a_private_net_is_refused(location: str) -> None:
    answer = hostile.sends(b"", status=302, Location=location)
    with server(answer) as port, override_settings(FETCH_NETWORKS=["127.0.0.1/32"]):
        code = code_of(f"http://127.0.0.1:{port}/")
    assert code == ("redirects" if not location else "refused")


def test_a_redirect_loop_ends() -> None:
    asked: list[str] = []

    def answer(handler: object) -> None:
        asked.append(handler.path)
        hostile.sends(b"", status=301, Location="/photo.jpg")(handler)  # type: ignore[arg-type]

    with allowed(answer) as address:
        assert code_of(address) == "redirects"
    assert len(asked) == 4


@pytest.mark.parametrize("answer", [hostile.drips, hostile.drips_headers])
def test_a_slow_drip_is_cut_off(answer: hostile.Answer) -> None:
    with allowed(answer) as address:
        started = time.monotonic()
        assert code_of(address, seconds=1) == "too_slow"
        assert time.monotonic() - started < 10


def test_a_server_that_says_nothing_is_cut_off() -> None:
    with socket.socket() as silent, LOOPBACK:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert code_of(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=1) == "too_slow"


def test_a_tls_handshake_that_never_ends_is_cut_off() -> None:
    with socket.socket() as silent, LOOPBACK:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert code_of(f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=1) == "too_slow"


def test_an_endless_body_is_cut_off() -> None:
    with allowed(hostile.never_ends) as address:
        assert code_of(address, most_bytes=1_000_000) == "too_large"


def test_a_body_that_is_announced_too_large_is_not_read() -> None:
    with allowed(hostile.sends(b"x", Content_Length="999999999")) as address:
        assert code_of(address) == "too_large"


def test_a_body_that_breaks_off() -> None:
    with allowed(hostile.breaks_off) as address:
        assert code_of(address) == "failed"


def test_a_packed_body_is_not_unpacked() -> None:
    with allowed(hostile.sends(b"\x1f\x8b" + b"0" * 50, Content_Encoding="gzip")) as address:
        assert fetch(address, most_bytes=1000).startswith(b"\x1f\x8b")


@pytest.mark.parametrize("status", [201, 204, 400, 404, 500])
def test_another_status_is_no_picture(status: int) -> None:
    with allowed(hostile.sends(b"", status=status)) as address:
        assert code_of(address) == "status"


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    with allowed(hostile.sends(b"picture")) as address:
        assert fetch(address, most_bytes=1000) == b"picture"


def test_nothing_of_ours_goes_along() -> None:
    seen: dict[str, str] = {}

    def answer(handler: object) -> None:
        seen.update(handler.headers.items())
        hostile.sends(b"picture")(handler)  # type: ignore[arg-type]

    with allowed(answer) as address:
        fetch(address, most_bytes=1000)
    assert set(seen) <= {"Host", "User-Agent", "Accept-Encoding"}


def test_a_cookie_is_forgotten() -> None:
    seen: list[str | None] = []

    def answer(handler: object) -> None:
        seen.append(handler.headers.get("Cookie"))
        hostile.sends(b"picture", Set_Cookie="a=b")(handler)  # type: ignore[arg-type]

    with allowed(answer) as address:
        fetch(address, most_bytes=1000)
        fetch(address, most_bytes=1000)
    assert seen == [None, None]


def test_only_a_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow addresses must not take every thread of the web process."""
    monkeypatch.setattr(services, "_places", threading.BoundedSemaphore(1))
    with allowed(hostile.drips) as address:
        first = threading.Thread(target=code_of, args=(address,), kwargs={"seconds": 2})
        first.start()
        time.sleep(0.3)
        assert code_of(address) == "busy"
        assert first.is_alive(), "whoever finds no place waits for none"
        first.join()


def test_a_post_follows_no_redirect() -> None:
    with allowed(hostile.sends(b"", status=302, Location="http://127.0.0.1:1/")) as address:
        assert post(address, b"{}", {"Content-Type": "application/json"}).status == 302


def test_a_post_to_a_private_address_is_refused() -> None:
    with pytest.raises(NotFetched, match="refused"):
        post("http://127.0.0.1:9999/", b"{}", {})
