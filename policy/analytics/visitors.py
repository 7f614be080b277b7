"""Who is counted: people who read a page and did not say no (promise P8)."""

import crawleruseragents
from django.http import HttpRequest

from policy.cookies import consent

# A known crawler names itself early; a longer name only costs time to search.
_LONGEST_NAME = 400
_REMEMBERED = 4096
_crawlers: dict[int, bool] = {}


def is_counted(request: HttpRequest) -> bool:
    """Whether this request is somebody's view of a page."""
    if request.method in ("HEAD", "OPTIONS") or _is_prefetch(request):
        return False
    return not is_refused(request) and not _is_crawler(request.headers.get("User-Agent", ""))


def is_refused(request: HttpRequest) -> bool:
    """The visitor said no to statistics, by a choice here or by a signal of the browser."""
    choice = consent.of(request)
    return choice.is_refused_by_signal or choice.statistics is False


def _is_prefetch(request: HttpRequest) -> bool:
    """The browser guesses what its reader may open next. Each engine has its own header for it."""
    purposes = (request.headers.get(name, "").lower() for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose or "prerender" in purpose for purpose in purposes) or (
        request.headers.get("X-Purpose", "").lower() == "preview"
    )


def _is_crawler(name: str) -> bool:
    """Whether this user agent is a program: 1,500 patterns, so the answer is kept, without the name."""
    name = name[:_LONGEST_NAME]
    key = hash(name)
    if key not in _crawlers:
        if len(_crawlers) >= _REMEMBERED:
            _crawlers.clear()
        _crawlers[key] = not name or crawleruseragents.is_crawler(name)
    return _crawlers.get(key, False)
