"""`python -m tests.e2e.batch [PHOTOS] [MEGABYTES] [KILLS]`: a batch that everything happens to.

By default 500 photos of 3 MB. The sender stops at half of them and the folder is sent once more; workers and
web server are killed with SIGKILL ten times each while it goes on; the archive is cut twice and resumed.
"""

import hashlib
import io
import itertools
import os
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, serving, wait_for

_CHUNK = 1_000_000
_MOST_SECONDS = 3600
_TUS = {"Tus-Resumable": "1.0.0"}


def photo(megabytes: float) -> bytes:
    """A ball on a ground that compresses badly, so that the file has the size of a camera's."""
    image = Image.open(io.BytesIO(ball())).convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, comment=os.urandom(8).hex())
    # What follows the end of a JPEG is read by nobody, and travels all the same.
    return buffer.getvalue() + os.urandom(max(int(megabytes * 1e6) - buffer.tell(), 0))


@dataclass
class Sender:
    """A tus client that may be killed, and counts the bytes that it sends."""

    visitor: Visitor
    files: dict[str, bytes]
    bytes_sent: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def announce(self) -> dict[str, Any]:
        manifest = [{"path": path, "size": len(data), "modified": 1} for path, data in self.files.items()]
        plan: dict[str, Any] = self._insist(lambda: self.visitor.begin(manifest))
        return plan

    def run(self, plan: dict[str, Any], most: int) -> int:
        """Send up to `most` of the files that are missing, three at once; how many were missing."""
        paths = list(self.files)
        missing = [(paths[n], file) for n, file in enumerate(plan["files"]) if file["state"] == "awaited"]
        waiting = missing[:most]

        def work() -> None:
            while waiting and not self.stopped.is_set():
                with suppress(IndexError):
                    path, file = waiting.pop(0)
                    self._send(plan["uploads"], self.files[path], file)

        hands = [threading.Thread(target=work) for _ in range(3)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        return len(missing)

    def _send(self, uploads: str, data: bytes, file: dict[str, Any]) -> None:
        address, offset = file.get("upload"), file.get("offset", 0)
        while not self.stopped.is_set() and (address is None or offset < len(data)):
            try:
                if address is None:
                    address = self._create(uploads, len(data), file["item"])
                offset = self._head(address)
                if offset < len(data):
                    self._patch(address, offset, data[offset : offset + _CHUNK])
            except urllib.error.HTTPError as err:
                if err.code == 409 and address is None:
                    return  # it is there already
                time.sleep(0.3)
            except (OSError, ValueError):
                time.sleep(0.3)  # a web server that has just been killed

    def _request(self, method: str, path: str, headers: dict[str, str], data: bytes | None = None) -> Any:
        request = urllib.request.Request(
            self.visitor.address + path, data, {**_TUS, **headers}, method=method
        )
        return self.visitor._opener.open(request, timeout=60)

    def _create(self, uploads: str, size: int, item: str) -> str:
        import base64

        metadata = f"item {base64.b64encode(item.encode()).decode()}"
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
        with self._request("POST", uploads, headers) as response:
            address: str = response.headers["Location"]
            return address

    def _head(self, address: str) -> int:
        with self._request("HEAD", address, {}) as response:
            return int(response.headers["Upload-Offset"])

    def _patch(self, address: str, offset: int, data: bytes) -> None:
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        self.bytes_sent += len(data)
        self._request("PATCH", address, headers, data).close()

    def _insist(self, act: Callable[[], Any]) -> Any:
        for _ in range(100):
            with suppress(OSError):
                return act()
            time.sleep(0.3)
        return act()


@dataclass
class Killer:
    """Kills workers and web servers in turn, until it has killed each so many times."""

    stack: Stack
    kills: int
    seconds: float
    killed: dict[str, int] = field(default_factory=lambda: {"worker": 0, "web": 0})

    def run(self, is_over: Callable[[], bool]) -> None:
        while not is_over() and min(self.killed.values()) < self.kills:
            time.sleep(self.seconds)
            for name, pids in (("worker", self.stack.pool_pids()), ("web", self.stack.pids("gunicorn"))):
                if pids and self.killed[name] < self.kills:
                    for pid in pids:
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                    self.killed[name] += 1


def _rows(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{stack.data}/var/db.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def _fates(stack: Stack) -> dict[str, int]:
    return dict(_rows(stack, "SELECT fate, count(*) FROM images_item GROUP BY fate"))


def _is_over(stack: Stack, number: int) -> bool:
    return _fates(stack).get("ready", 0) + _fates(stack).get("failed", 0) >= number


def _archive(sender: Sender, path: str) -> tuple[bytes, str, bool, float]:
    """The archive, cut twice and resumed: bytes, strong name, whether the sums agree, seconds to a byte."""
    address = sender.visitor.address + path
    started = time.monotonic()
    with sender.visitor._opener.open(address, timeout=120) as response:
        first = response.read(1)
        seconds = time.monotonic() - started
        etag, size = response.headers["ETag"], int(response.headers["Content-Length"])
        whole = first + response.read()
    parts, cuts = [], [0, size // 3, 2 * size // 3, size]
    for start, stop in itertools.pairwise(cuts):
        headers = {"Range": f"bytes={start}-", "If-Range": etag}
        with sender.visitor._opener.open(
            urllib.request.Request(address, headers=headers), timeout=120
        ) as response:
            parts.append(response.read(stop - start))
    is_same = hashlib.sha256(b"".join(parts)).digest() == hashlib.sha256(whole).digest()
    return whole, etag, is_same, seconds


def batch_run(stack: Stack, photos: int, megabytes: float, kills: int) -> dict[str, Any]:
    started = time.monotonic()
    files = {f"run/{n:04}.jpg": photo(megabytes) for n in range(photos)}
    sender = Sender(Visitor(stack.address), files)
    total = sum(map(len, files.values()))
    plan = sender.announce()
    sender.run(plan, photos // 2)
    killer = Killer(stack, kills, seconds=3)
    hunt = threading.Thread(target=killer.run, args=(lambda: _is_over(stack, photos),))
    hunt.start()
    missing = sender.run(sender.announce(), photos)
    uploaded = time.monotonic() - started
    wait_for(lambda: _is_over(stack, photos), "photos still wait", _MOST_SECONDS)
    hunt.join()
    stack.wait_until("database", "broker", "storage", "worker", "model")
    whole, etag, is_same, first_byte = _archive(sender, plan["page"] + "archive.zip")
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names, broken = archive.namelist(), archive.testzip()
    done = [line for line in stack.log.splitlines() if "cut-out done" in line]
    return {
        "photos": photos,
        "fates": _fates(stack),
        "rows": _rows(stack, "SELECT count(*), count(DISTINCT photo_id) FROM images_item")[0],
        "photo rows": _rows(stack, "SELECT count(*) FROM images_photo")[0][0],
        "done in the log": (len(done), len({line.split("cutout=")[1].split()[0] for line in done})),
        "missing when sent again": missing,
        "megabytes": round(total / 1e6),
        "megabytes sent": round(sender.bytes_sent / 1e6),
        "killed": killer.killed,
        "seconds until all had arrived": round(uploaded),
        "seconds": round(time.monotonic() - started),
        "archive": {"files": len(names), "broken": broken, "bytes": len(whole), "etag": etag[:14]},
        "cut twice, the same sum": is_same,
        "first byte, ms": round(first_byte * 1000),
        "memory, MB": stack.megabytes(),
        "pieces left": len(list((stack.data / "var" / "files").glob("uploads/*/*"))),
    }


def main() -> int:
    said = [float(text) for text in sys.argv[1:]]
    photos, megabytes, kills = [*said, *[500.0, 3.0, 10.0][len(said) :]][:3]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as stack:
        stack.wait_until("database", "broker", "storage", "worker", "model")
        outcome = batch_run(stack, int(photos), megabytes, int(kills))
    for name, value in outcome.items():
        print(f"{name}: {value}")
    is_clean = outcome["fates"] == {"ready": int(photos)} and outcome["cut twice, the same sum"]
    print("clean" if is_clean else "NOT clean")
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
