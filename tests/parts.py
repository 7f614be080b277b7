"""Which optional parts this machine has: a browser, a database server, a queue server."""

import os
import shutil
import socket

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_BROKER_URL", "redis://127.0.0.1:6379/15")


def chromium() -> str | None:
    """Path of the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def has_servers() -> bool:
    return _answers(5432) and _answers(6379)
