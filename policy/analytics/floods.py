"""One client cannot fill the table of page views: nobody reads ten pages a second."""

import threading
import time
from collections import Counter

from django.http import HttpRequest

from bgbegone.lib import ratelimit

# An office or a school may share one address.
MOST_PER_MINUTE = 600
_MOST_CLIENTS = 10_000

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_minute = 0


def is_flood(request: HttpRequest) -> bool:
    """Count one more request of this client; whether there were too many in this minute.

    In the memory of this process, for a minute, by a keyed hash: the request may not wait for a cache server.
    """
    global _minute  # noqa: PLW0603 (which minute `_counts` is about)
    client, now = ratelimit.client_of(request), int(time.time() // 60)
    with _lock:
        if now != _minute or len(_counts) >= _MOST_CLIENTS:
            _counts.clear()
            _minute = now
        _counts[client] += 1
        return _counts[client] > MOST_PER_MINUTE
