"""Every link of a campaign, tried before it is sent.

Our own pages are asked in this process, as a visitor without an account would see them. Other sites are
asked through a function that the app with the door to them registers.
"""

import hashlib
import io
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.campaigns import placeholders
from accounts.campaigns.models import Campaign
from bgbegone.lib import markdown

# Given an address: nothing when it answers, else a code: “off”, “refused”, “404” and so on.
Reach = Callable[[str], str]

_reach: list[Reach] = []
# Of one campaign: its pages of ours are all asked within one request.
MOST = 100
# The door has four places, and customers wait before it, too.
_MOST_AT_ONCE, _PATIENCE_SECONDS, _REMEMBERED_SECONDS = 2, 10, 600


def reached_through(reach: Reach) -> Reach:
    _reach[:] = [reach]
    return reach


@dataclass(frozen=True, slots=True)
class Tried:
    """`is_dead`: it must not go out like this. `is_doubtful`: somebody should look."""

    url: str
    said: str
    is_dead: bool = False
    is_doubtful: bool = False


def of(campaign: Campaign) -> list[str]:
    """Where the text leads, as its readers get it."""
    return markdown.links(placeholders.mark(campaign.body).text, base=settings.SITE_URL)


def dead(campaign: Campaign) -> list[Tried]:
    """What has to be put right before it is sent. Asks nobody else's server."""
    return [tried for url in of(campaign) if is_ours(url) and (tried := _try_ours(url)).is_dead]


def try_all(campaign: Campaign) -> list[Tried]:
    """Within seconds: what has not answered by then is asked about again at the next look."""
    urls = of(campaign)
    foreign = _try_others([url for url in urls if markdown.is_external(url) and not is_ours(url)])
    return [
        _try_ours(url) if is_ours(url) else foreign.get(url) or Tried(url, _("not tried")) for url in urls
    ]


def is_ours(url: str) -> bool:
    ours, asked = urlsplit(settings.SITE_URL), urlsplit(url)
    return (ours.scheme, ours.netloc) == (asked.scheme, asked.netloc)


# Our own


_handler: BaseHandler | None = None
_loading = threading.Lock()


def _try_ours(url: str) -> Tried:
    status = _status(url)
    if status < 400:
        return Tried(url, _("works"))
    return Tried(url, _("leads nowhere: our own site answers %(status)s") % {"status": status}, is_dead=True)


def _status(url: str) -> int:
    global _handler  # noqa: PLW0603 (middleware is loaded once)
    with _loading:
        if _handler is None:
            _handler = BaseHandler()
            _handler.load_middleware()
    parts = urlsplit(url)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(parts.path or "/", "latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or 443),
        "HTTP_HOST": parts.netloc,
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(),
    }
    # The page chooses its own language, and this thread has one already.
    with translation.override(translation.get_language()):
        return _handler.get_response(WSGIRequest(environ)).status_code


# Of others


def _try_others(urls: Iterable[str]) -> dict[str, Tried]:
    known = {url: cache.get(_key(url)) for url in urls}
    unknown = [url for url, code in known.items() if code is None]
    if unknown and _reach:
        pool = ThreadPoolExecutor(_MOST_AT_ONCE)
        asked = {pool.submit(_reach[0], url): url for url in unknown}
        for future in wait(asked, _PATIENCE_SECONDS).done:
            url, code = asked[future], future.result()
            if code != "busy":  # customers were before us, which says nothing of the other site
                known[url] = code
                cache.set(_key(url), code, _REMEMBERED_SECONDS)
        pool.shutdown(wait=False, cancel_futures=True)
    return {
        url: Tried(url, _said(code), is_doubtful=bool(code))
        for url, code in known.items()
        if code is not None
    }


def _key(url: str) -> str:
    return f"campaign-link:{hashlib.sha256(url.encode()).hexdigest()}"


def _said(code: str) -> str:
    if code.isdigit():
        return _("the other site answers %(status)s") % {"status": code}
    words = {
        "": _("works"),
        "off": _("not tried, since FETCH_ADDRESSES is off"),
        "refused": _("an address that we do not ask: it is no public one"),
        "too_slow": _("no answer in time"),
        "redirects": _("leads on and on"),
    }
    return words.get(code) or _("no answer")
