"""A Celery broker made of files, for machines without a server.

Kombu brings a file-system transport too, but its messages and binding tables are written under
their final name, so that a quick reader finds them half-written and its worker dies of a JSON error;
and it takes a message by moving it to the system's temporary folder, which is no atomic move between
two disks. Here a message appears by `rename` and is taken by `rename`, inside one folder.
"""

import json
import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, virtual


def register() -> None:
    """Let `files://` in a broker's address mean this transport."""
    TRANSPORT_ALIASES["files"] = f"{__name__}:Transport"


class Channel(virtual.Channel):
    """Queues are folders, messages files whose names sort by the time they came."""

    do_restore = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listed: dict[str, deque[Path]] = {}

    def _folder(self, queue: str) -> Path:
        client = self.connection.client
        folder = Path(client.transport_options["folder"]) / queue  # type: ignore[union-attr, index]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _messages(self, queue: str) -> list[Path]:
        return sorted(self._folder(queue).glob("*.json"))

    def _put(self, queue: str, message: dict[str, Any], **kwargs: object) -> None:
        name = self._folder(queue) / f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        draft = name.with_suffix(".draft")
        draft.write_text(json.dumps(message))
        os.replace(draft, name.with_suffix(".json"))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        if Transport.is_ending:
            raise TimeoutError
        # The folder is listed again only when the last list is used up: a long queue stays quick.
        listed = self._listed.setdefault(queue, deque())
        listed.extend(self._messages(queue) if not listed else ())
        while listed:
            file = listed.popleft()
            taken = file.with_suffix(f".{os.getpid()}")
            try:
                os.rename(file, taken)
            except FileNotFoundError:
                continue  # another worker was faster
            message: dict[str, Any] = json.loads(taken.read_text())
            taken.unlink()
            return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        messages = self._messages(queue)
        for file in messages:
            file.unlink(missing_ok=True)
        return len(messages)


class Transport(virtual.Transport):
    Channel = Channel
    driver_type = driver_name = "files"
    # Bindings are kept in each process: every Celery client declares the queues it uses.
    state = virtual.BrokerState()
    # Set once the worker is told to end: whoever waits here waits no longer, and what comes is for others.
    is_ending = False

    def driver_version(self) -> str:
        return "1"
