"""Who wants to know that the work on a photo has moved on: the rooms above register it here."""

import uuid
from collections.abc import Callable, Collection

# Gets the ids of cut-outs whose state has just changed, within the transaction that changed it.
Listener = Callable[[Collection[uuid.UUID]], object]

_listeners: list[Listener] = []


def on_move(listener: Listener) -> Listener:
    """Decorate a function that is told of every move: claimed, done, failed, put back, held, let go."""
    _listeners.append(listener)
    return listener


def announce(*cutouts: uuid.UUID) -> None:
    for listener in _listeners:
        listener(cutouts)
