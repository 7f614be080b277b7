"""A request as WSGI describes it, from what ASGI says of it."""

import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from bgbegone.web.reception import Body

_OWN_NAMES = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
_SETTLED = frozenset({"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"})


def environ_of(scope: Mapping[str, Any], body: Body) -> dict[str, Any]:
    """The environment with which Django is called. Of a body that was refused nothing is there."""
    host, port = scope["server"] or ("localhost", 80)
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "CONTENT_LENGTH": "0" if body.refusal else str(body.length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body.file,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **_headers(scope["headers"]),
    }


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        if b"_" in name:
            continue  # `X_Forwarded_For` would pass for the header that only the proxy may set
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in _OWN_NAMES else f"HTTP_{key}"
        text = value.decode("latin-1")
        headers[key] = (
            f"{headers[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}" if key in headers else text
        )
    # How long the body is, was counted.
    return {key: text for key, text in headers.items() if key not in _SETTLED}
