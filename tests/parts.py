"""Which optional parts this machine has: a browser, an image program, servers."""

import os
import shutil
import socket
import subprocess
import zlib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_BROKER_URL", "redis://127.0.0.1:6379/15")


def chromium() -> str | None:
    """Path of the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


def headless_chromium() -> str | None:
    """The same without windows and tabs, where it is installed: 267 in place of 313 s for three files."""
    return shutil.which("chromium-headless-shell") or chromium()


def imagemagick() -> str | None:
    """Path of ImageMagick 6 or 7. Debian's own name for it: several other programs are called `convert`."""
    return shutil.which("magick") or shutil.which("convert-im6.q16")


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def has_servers() -> bool:
    return answers(5432) and answers(6379)


def worker_number() -> int:
    """Which process of a parallel run this is, from 0; also 0 where there is only one."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def own_redis(address: str) -> str:
    """The Redis database that this process may empty. 14 and 15 belong to whole services under test."""
    if not address.startswith("redis"):
        return address
    return urlsplit(address)._replace(path=f"/{13 - worker_number() % 8}").geturl()


def scratch_database(engine: str) -> str | None:
    """A name that no other clone's tests use; None leaves SQLite in memory."""
    if "sqlite" in engine:
        return None
    return f"test_bgbegone_{zlib.crc32(str(ROOT).encode()):08x}"


def npm_package(name: str) -> Path | None:
    """A folder that holds a package of npm in `node_modules`, fetched once into the user's cache folder; None
    without npm, or when its registry does not answer."""
    if not (shutil.which("npm") and shutil.which("node")):
        return None
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "bgbegone-tests" / name.replace("/", "_")
    if (folder / "done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", name]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (subprocess.SubprocessError, OSError):
        return None
    (folder / "done").touch()
    return folder
