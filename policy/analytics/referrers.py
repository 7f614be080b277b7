"""The other site that led somebody here: its host, and nothing else of the address."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.request import split_domain_port

# Letters, digits and hyphens in at least two parts, the last one no number: an IP address could be a
# person's, and so could a name without a dot, as machines of a home network have.
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.(xn--[a-z0-9-]{1,59}|[a-z]{2,63})")
_LONGEST = 100


def host_of(request: HttpRequest) -> str:
    """The referring host, in lower case and punycode; empty for our own pages and for whatever is no host."""
    host = _host(request.headers.get("Referer", ""))
    # Not `get_host`, which refuses names that are not ours: such requests are counted as the errors they are.
    own, _port = split_domain_port(request.headers.get("Host", ""))
    return "" if host == own else host


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode().rstrip(".")
    except ValueError:  # not an address, or a name that cannot be written in punycode
        return ""
    is_sound = parts.scheme in ("http", "https") and len(host) <= _LONGEST and _HOST.fullmatch(host)
    return host if is_sound else ""
