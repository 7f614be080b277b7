"""The site on a port of loopback, for programs that speak HTTP, answered in the test's own transaction.

Django's live server needs a database that it can empty afterwards; some tables here can only be added to.
"""

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import override_settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

T = TypeVar("T")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def one_connection() -> Iterator[None]:
    """As with the test client, no request closes the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def _site(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Django's answer to a request that is wholly there, as behind our own server.

    A client that is answered before it has sent everything may meet a closed connection instead.
    """
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return get_wsgi_application()(environ | {"wsgi.input": io.BytesIO(body)}, start)


def served(program: Callable[[str], T]) -> T:
    """What a program returns or raises that is given the address of the site; it runs beside the server."""
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["value"] = program(address)
        except BaseException as err:  # noqa: BLE001 (raised again in the test)
            outcome["error"] = err

    with make_server("127.0.0.1", 0, _site, handler_class=_Quiet) as server:
        server.timeout = 0.05
        address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=run)
        with override_settings(SITE_URL=address):
            thread.start()
            with one_connection():
                while thread.is_alive():
                    server.handle_request()
    if "error" in outcome:
        raise outcome["error"]
    found: T = outcome["value"]
    return found
