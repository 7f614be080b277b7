"""How a connection is made: to an address that was checked, and cut when the time is over.

The library looks a name up once, refuses it unless every address that comes back is public, and connects to
the one it has checked; a name that changes its answer in between gains nothing. What it does not bound is
time: a server that sends one byte a second keeps every single read below its limit. So the connection itself
is cut.
"""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from AntiSSRF import AntiSSRFPolicy, PolicyConfigOptions
from django.conf import settings
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

# IPv4 addresses in a dress of IPv6 that nobody uses any more, and that some systems still undo.
_LEFT_OUT = ["::/96", "::ffff:0:0:0/96"]

AGENT = "BackgroundBeGone/1.0"


class Deadline:
    """Cuts every connection that is made under it when its seconds are over."""

    def __init__(self, seconds: float) -> None:
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self.is_over = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def watch(self, connection: socket.socket) -> None:
        # A second handle of the same connection: TLS takes the first one away from under us.
        handle = connection.dup()
        with self._lock:
            self._sockets.append(handle)
            if self.is_over:
                _cut(handle)

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            for handle in self._sockets:
                _cut(handle)

    def close(self) -> None:
        self._timer.cancel()
        with self._lock:
            for handle in self._sockets:
                handle.close()
            self._sockets.clear()


def _cut(handle: socket.socket) -> None:
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended by itself


@contextmanager
def session(seconds: float) -> Iterator[tuple[requests.Session, Deadline]]:
    """A session for one errand: no cookies of another, no proxy of the environment, no redirect by itself."""
    deadline = Deadline(seconds)
    opened: requests.Session = _policy().get_antissrf_session()
    opened.trust_env = False  # neither proxies nor .netrc
    opened.headers.clear()
    opened.headers["User-Agent"] = AGENT
    for adapter in opened.adapters.values():
        adapter.poolmanager.pool_classes_by_scheme = _pools(deadline)  # type: ignore[attr-defined]
    try:
        yield opened, deadline
    finally:
        opened.close()
        deadline.close()


def _policy() -> Any:
    """Public addresses only; private ones where the operator allows a network."""
    policy = AntiSSRFPolicy(PolicyConfigOptions.EXTERNAL_ONLY_LATEST)
    policy.allow_plain_text_http = True
    policy.add_xff_header = False
    policy.add_denied_addresses(_LEFT_OUT)
    allowed = [str(ipaddress.ip_network(network)) for network in settings.FETCH_NETWORKS]
    if allowed:
        policy.add_allowed_addresses(allowed)
    return policy


def _pools(deadline: Deadline) -> dict[str, Any]:
    """urllib3's own pools, whose connections put themselves under a deadline as soon as they are made."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            deadline.watch(made)
            return made

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            deadline.watch(made)
            return made

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}
