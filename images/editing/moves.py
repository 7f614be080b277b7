"""Who wants to know that the work on a file has moved on: the rooms above register it here."""

import uuid
from collections.abc import Callable

# Gets the id of a rendition whose state has just changed, within the transaction that changed it.
Listener = Callable[[uuid.UUID], object]

_listeners: list[Listener] = []


def on_move(listener: Listener) -> Listener:
    """Decorate a function that is told of every move: claimed, done, failed, put back."""
    _listeners.append(listener)
    return listener


def announce(rendition: uuid.UUID) -> None:
    for listener in _listeners:
        listener(rendition)
