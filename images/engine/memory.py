"""Memory that was freed, given back to the system."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """glibc keeps what it was once given, in pieces of which the next large picture may fit into none."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
