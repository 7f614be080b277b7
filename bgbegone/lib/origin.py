"""Where a request comes from: our own pages or another site's.

For forms that stand on every page. Django's token would need a cookie for whoever only reads, and such a
visitor is to have none. Browsers say by themselves which site a request comes from, and no page can make
them lie.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_own(request: HttpRequest) -> bool:
    """No other site's page has sent this request.

    What names neither header is no browser of the last ten years, or no browser at all: it carries nobody's
    cookies but its own. `Sec-Fetch-Site` comes first, because a page without referrer sends “null” as its
    origin; browsers leave it out over plain HTTP.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in {
        f"{request.scheme}://{request.get_host()}",
        *settings.CSRF_TRUSTED_ORIGINS,
    }


def is_nameless(request: HttpRequest) -> bool:
    """Sent by a page that tells nobody its address, over plain HTTP, where nothing says whose page it was.

    The page behind a share link is such a one. What other sites can do just as well must be harmless.
    """
    return "Sec-Fetch-Site" not in request.headers and request.headers.get("Origin") == "null"


def page_before(request: HttpRequest) -> str:
    """Path of the page of ours from which this request came; empty when it came from elsewhere."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()}):
        return ""
    path = urlsplit(referrer).path
    # Two slashes would be a host again.
    return path if path.startswith("/") and not path.startswith("//") else ""
