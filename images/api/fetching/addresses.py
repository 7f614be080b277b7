"""Which addresses may be asked at all, before any name is looked up."""

from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

_LONGEST = 2000
_PORTS = {"http": 80, "https": 443}
# Below this lie mail, databases' elder siblings and other services that take a request for something else.
_FIRST_OPEN_PORT = 1024


class BadAddress(Exception):
    """May not be asked. The code says why: “malformed”, “scheme”, “credentials”, “port” or “ours”."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(address: str) -> str:
    """The address without its fragment. Raises BadAddress."""
    if len(address) > _LONGEST or not address.isprintable() or " " in address or "\\" in address:
        raise BadAddress("malformed")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise BadAddress("malformed") from None
    if parts.scheme not in _PORTS:
        raise BadAddress("scheme")
    if not parts.hostname:
        raise BadAddress("malformed")
    if "@" in parts.netloc:
        raise BadAddress("credentials")
    if port is not None and port != _PORTS[parts.scheme] and port < _FIRST_OPEN_PORT:
        raise BadAddress("port")
    if _is_ours(parts):
        raise BadAddress("ours")
    return parts._replace(fragment="").geturl()


def followed(address: str, location: str) -> str:
    """Where a redirect leads, held to the same rules. Raises BadAddress."""
    try:
        return check(urljoin(address, location))
    except ValueError:
        raise BadAddress("malformed") from None


def _is_ours(parts: SplitResult) -> bool:
    host = (parts.hostname or "").rstrip(".")
    return host in {name.strip("[]") for name in settings.ALLOWED_HOSTS} and not settings.FETCH_NETWORKS
