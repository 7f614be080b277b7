"""`python -m tests.bench.archive [PHOTOS]`: the archive of a batch of 1,000 photos of 18 megapixels.

The results are one real PNG under as many names (hard links), so that many gigabytes travel while one file
lies on the disk. Measured with the web server as `make serve` starts it: the first byte, the rate, what
memory the web processes gain at most, and whether a download that was cut in the middle comes to the same
SHA-256. Two minutes.
"""

import hashlib
import http.client
import io
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path
from typing import Any

from tests.stack import Stack, proportional_kilobytes, serving

PHOTOS = 1000
_SIZE = (5184, 3456)
_MOST_FIRST_BYTE, _MOST_MEMORY = 300, 30  # milliseconds, megabytes
_READ = 1 << 20


def report(photos: int = PHOTOS) -> str:
    """Markdown: a sentence with the figures."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as stack:
        stack.wait_until("database", "storage")
        reader = Reader(stack, *_filled(stack, photos))
        reader.read(0, 1)  # whoever comes first pays for what is loaded once
        first_byte = 1000 * statistics.median(reader.read(0, 1).first_byte for _ in range(5))
        before = _memory(stack)
        with _Watch(stack) as watch:
            whole = reader.read(0)
        half = reader.read(0, whole.size // 2)
        resumed = reader.read(whole.size // 2, digest=half.digest)
    gained = watch.most - before
    is_same = resumed.digest.digest() == whole.digest.digest()
    is_good = first_byte <= _MOST_FIRST_BYTE and gained <= _MOST_MEMORY and is_same
    return (
        f"Archive of {photos} photos of 18 megapixels, {whole.size / 1e9:.1f} GB: first byte after"
        f" {first_byte:.0f} ms (mark {_MOST_FIRST_BYTE}), {whole.size / whole.seconds / 1e6:.0f} MB/s into a"
        f" SHA-256, web processes {gained:+.0f} MB at most (mark {_MOST_MEMORY}), cut in the middle and"
        f" resumed: {'the same' if is_same else 'ANOTHER'} sum."
        f" {'Within' if is_good else 'NOT within'} the marks."
    )


def _memory(stack: Stack) -> float:
    """Megabytes of the web processes; what they share counts once."""
    return sum(proportional_kilobytes(pid) for pid in stack.pids("gunicorn")) / 1024


class _Watch:
    """The most memory that the web processes have while the block runs."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._is_over, self.most = stack, threading.Event(), _memory(stack)

    def __enter__(self) -> "_Watch":
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(0.5):
            self.most = max(self.most, _memory(self._stack))


class Read:
    """What one download brought."""

    def __init__(self, size: int, first_byte: float, seconds: float, digest: Any) -> None:
        self.size, self.first_byte, self.seconds, self.digest = size, first_byte, seconds, digest


class Reader:
    """The owner's browser, as far as it downloads."""

    def __init__(self, stack: Stack, batch: str, session: str) -> None:
        self._port, self._path = stack.port, f"/batches/{batch}/archive.zip"
        self._cookie = {"Cookie": f"sessionid={session}", "Host": f"localhost:{stack.port}"}

    def read(self, first: int, most: int | None = None, digest: Any = None) -> Read:
        """From a byte on, and cut off after so many."""
        started, digest = time.perf_counter(), digest or hashlib.sha256()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
        try:
            headers = {**self._cookie, **({"Range": f"bytes={first}-"} if first else {})}
            connection.request("GET", self._path, headers=headers)
            answer = connection.getresponse()
            assert answer.status == (206 if first else 200), answer.status
            size = int(answer.headers["Content-Length"])
            digest.update(answer.read(1))
            first_byte = time.perf_counter() - started
            left = (size if most is None else most) - 1
            while left > 0 and (data := answer.read(min(left, _READ))):
                digest.update(data)
                left -= len(data)
            return Read(size, first_byte, time.perf_counter() - started, digest)
        finally:
            connection.close()


def _filled(stack: Stack, photos: int) -> tuple[str, str]:
    """A batch with so many results, and its owner's session; by a child that has the stack's settings."""
    said = stack.run("-m", "tests.bench.archive", "--fill", str(photos))
    batch, session = json.loads(said.splitlines()[-1])
    return batch, session


def fill(photos: int) -> tuple[str, str]:
    """The ids of the batch and of the session."""
    import django

    django.setup()
    from datetime import timedelta
    from uuid import uuid4

    from django.core.files.storage import default_storage
    from django.utils import timezone

    from images.batches.models import Batch, Item
    from images.photos.models import Photo
    from images.work.models import Cutout
    from tests.base import member, signed_in

    owner, end, data = member("alice"), timezone.now() + timedelta(days=1), _cutout()
    batch = Batch.objects.create(owner=owner, submission=uuid4(), name="shoes", expires_at=end)
    first = Path(default_storage.path("photos/first.png"))
    first.parent.mkdir(parents=True, exist_ok=True)
    first.write_bytes(data)
    size = {"width": _SIZE[0], "height": _SIZE[1]}
    sums = {"bytes": len(data), "crc32": zlib.crc32(data), "sha256": hashlib.sha256(data).hexdigest()}
    for n in range(1, photos + 1):
        about = {"sha256": f"{n:064x}", "name": f"{n:04}.jpg", "format": "JPEG", "bytes": 1, **size}
        photo = Photo.objects.create(owner=owner, submission=uuid4(), expires_at=end, **about)
        name = f"photos/{photo.pk}/cutout.png"
        Path(default_storage.path(name)).parent.mkdir()
        os.link(first, default_storage.path(name))
        done = {"status": Cutout.Status.DONE, "finished_at": timezone.now(), "confidence": 0.9}
        Cutout.objects.create(photo=photo, file=name, preview=name, **done, **size, **sums)
        Item.objects.create(
            batch=batch, photo=photo, number=n, path=f"shoes/{n:04}.jpg", fate=Item.Fate.READY
        )
    first.unlink()
    return str(batch.pk), signed_in(owner).cookies["sessionid"].value


def _cutout() -> bytes:
    """A cut-out of that size whose PNG is as large as those of photos: about 20 MB."""
    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 9, (_SIZE[1], _SIZE[0], 4), np.uint8)
    noise[..., 3] = 255
    noise[:, : _SIZE[0] // 3] = 0
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fill"]:
        print(json.dumps(fill(int(sys.argv[2]))))
    else:
        print(report(*map(int, sys.argv[1:2])))
