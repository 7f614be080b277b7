"""Fetching a picture, and calling a webhook."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests
import urllib3
from AntiSSRF import AntiSSRFError
from django.conf import settings

from images.api.fetching import addresses
from images.api.fetching.addresses import BadAddress
from images.api.fetching.transport import session

SECONDS = 20.0
_CONNECT_SECONDS, _READ_SECONDS = 5.0, 10.0
_MOST_REDIRECTS = 3
_CHUNK = 64 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
# Each holds a thread of the web process while another machine thinks.
_PLACES = 4
_places = threading.BoundedSemaphore(_PLACES)


class NotFetched(Exception):
    """`code`: “off”, “busy”, “refused” (the address), “failed”, “too_slow”, “too_large”,
    “status” or “redirects”.

    It never says what answered inside of our own network, and how: whoever asks learns nothing of that.
    """

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook's receiver said: its status, the first bytes of its answer, and how long it took."""

    status: int
    seconds: float
    retry_after: str = ""


def fetch(address: str, *, most_bytes: int, seconds: float = SECONDS) -> bytes:
    """The bytes that lie at an address. Raises NotFetched."""
    _check_that_on()
    with _place(), _errors(), session(seconds) as (door, deadline):
        try:
            data = _follow(door, _checked(address), most_bytes)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as err:
            raise NotFetched("too_slow" if deadline.is_over else "failed") from err
        if deadline.is_over:  # a body without a length ends where the connection was cut
            raise NotFetched("too_slow")
        return data


def post(address: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
    """Deliver a body, following no redirect. Raises NotFetched when no status came back."""
    _check_that_on()
    started = time.monotonic()
    with _errors(), session(seconds) as (door, deadline):
        try:
            timeout = (_CONNECT_SECONDS, min(seconds, 15.0))
            with door.post(
                _checked(address),
                data=body,
                headers=dict(headers),
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                taken = time.monotonic() - started
                return Answer(answer.status_code, taken, answer.headers.get("Retry-After", "")[:40])
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as err:
            raise NotFetched("too_slow" if deadline.is_over else "failed") from err


def _check_that_on() -> None:
    if not settings.FETCH_ADDRESSES:
        raise NotFetched("off")


def _checked(address: str) -> str:
    try:
        return addresses.check(address)
    except BadAddress as err:
        raise NotFetched("refused") from err


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except AntiSSRFError as err:
        raise NotFetched("refused") from err


@contextmanager
def _place() -> Iterator[None]:
    """Whoever finds none is refused at once: to wait for one would hold a thread as well."""
    if not _places.acquire(blocking=False):
        raise NotFetched("busy")
    try:
        yield
    finally:
        _places.release()


def _follow(door: requests.Session, address: str, most_bytes: int) -> bytes:
    for _ in range(_MOST_REDIRECTS + 1):
        timeout = (_CONNECT_SECONDS, _READ_SECONDS)
        with door.get(address, timeout=timeout, allow_redirects=False, stream=True) as answer:
            if answer.status_code not in _REDIRECTS:
                return _body(answer, most_bytes)
            try:
                address = addresses.followed(address, answer.headers.get("Location", ""))
            except BadAddress as err:
                raise NotFetched("refused") from err
    raise NotFetched("redirects")


def _body(answer: requests.Response, most_bytes: int) -> bytes:
    """All of it as it came, and nothing unpacked: a small body must not grow here."""
    if answer.status_code != 200:
        raise NotFetched("status", answer.status_code)
    announced = answer.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        raise NotFetched("too_large")
    parts, length = [], 0
    while chunk := answer.raw.read(_CHUNK, decode_content=False):
        length += len(chunk)
        if length > most_bytes:
            raise NotFetched("too_large")
        parts.append(chunk)
    if announced.isdigit() and length < int(announced):
        raise NotFetched("failed")
    return b"".join(parts)
