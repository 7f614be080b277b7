"""Links of campaigns that lead to other sites are tried through the door that checks every address."""

from accounts.campaigns import links
from images.api.fetching import services

_SECONDS = 5.0
_MOST_BYTES = 256 * 1024


@links.reached_through
def _reach(address: str) -> str:
    try:
        services.fetch(address, most_bytes=_MOST_BYTES, seconds=_SECONDS)
    except services.NotFetched as err:
        # A page that is longer than we care to read is there.
        return "" if err.code == "too_large" else str(err.status or err.code)
    return ""
