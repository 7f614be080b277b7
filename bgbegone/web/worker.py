"""The web server's process: gunicorn starts and watches it, Uvicorn speaks HTTP in it."""

import os
import signal
import sys
from types import FrameType

from uvicorn_worker import UvicornWorker

from bgbegone.web.connection import Connection

# For whoever is in the middle of an upload when the service stops.
_GRACE_SECONDS = 15


class Worker(UvicornWorker):  # type: ignore[misc]
    """Uvicorn with connections that have deadlines, and an end that lets Python tidy up."""

    CONFIG_KWARGS = {
        "http": Connection,
        "loop": "asyncio",
        "ws": "none",
        "lifespan": "on",
        # Django asks for these itself, and trusts the proxy only where TRUST_PROXY says so.
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "timeout_graceful_shutdown": _GRACE_SECONDS,
        "timeout_notify": 1,
    }

    def init_signals(self) -> None:
        super().init_signals()
        # Uvicorn raises the signal once more when it has stopped. By default that kills the process on the
        # spot, with page views still in memory.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """gunicorn's quick end, to which Ctrl-C leads, too: Uvicorn itself knows nothing of it, and answered
        on until it was killed."""
        super().handle_exit(sig, frame)
        signal.raise_signal(signal.SIGTERM)

    async def callback_notify(self) -> None:
        """Once a second. Without its parent a process would keep the port, and nobody would watch it."""
        await super().callback_notify()
        if os.getppid() != self.ppid:
            signal.raise_signal(signal.SIGTERM)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
