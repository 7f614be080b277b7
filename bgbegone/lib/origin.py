"""Where a request comes from: our own pages or another site's.

For forms that stand on every page. Django's token would need a cookie for whoever only reads, and such a
visitor is to have none. Browsers say by themselves which site a request comes from, and no page can make
them lie.
"""

from django.conf import settings
from django.http import HttpRequest


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
