"""`python -m tests.bench.soak [PHOTOS]`: a thousand mixed pictures through one worker of the whole service.

Prints the worker's resident memory after the first fifty and at the end. Exit code 1 if it grew by more than
a tenth or if the worker did not live through it.
"""

import io
import os
import random
import re
import sqlite3
import sys
import tempfile
import time
import urllib.error
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from tests.bench.accuracy import SHARED
from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, serving

PHOTOS, WARM = 1000, 50
MOST_GROWTH = 0.10
_IN_FLIGHT = 8
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "GIF", "BMP")
_LIMITS = {"MAX_PHOTOS_PER_MINUTE": "100000", "MAX_WAITING_PER_PERSON": "1000", "WORKER_PROCESSES": "1"}


def main(photos: int, **variables: str) -> int:
    chance = random.Random(1)  # noqa: S311 (the same pictures in every run)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), **_LIMITS, **variables) as stack:
        stack.wait_until("worker", "model")
        (worker,) = stack.pool_pids()
        visitor, warm, refused = Visitor(stack.address), 0, 0
        for number in range(photos):
            refused += not _sent(visitor, _picture(chance, number))
            _wait(stack, _IN_FLIGHT)
            if number + 1 == WARM:
                _wait(stack, 1)
                warm = _resident(worker)
                print(f"after {WARM}: {warm} MB", flush=True)
        _wait(stack, 1)
        end = _resident(worker)
        outcomes = _outcomes(stack)
        same = stack.pool_pids() == [worker]
    growth = end / warm - 1
    print(f"after {photos}: {end} MB ({growth:+.1%}); {dict(outcomes)}, {refused} refused at the door")
    return 0 if same and growth <= MOST_GROWTH else 1


def _sent(visitor: Visitor, data: bytes) -> bool:
    try:
        visitor.upload(data)
    except urllib.error.HTTPError as err:
        err.close()
        return False
    return True


def _picture(chance: random.Random, number: int) -> bytes:
    """Of any format and size; every twentieth is without a subject, broken off, or large."""
    if number % 20 == 7:
        return _encoded(Image.new("RGB", (chance.randint(1, 1500), chance.randint(1, 1500)), "teal"), "PNG")
    if number % 20 == 13:
        return _encoded(_subject(chance, 0.6), "JPEG")[:-2000]
    megapixels = 18 if number % 100 == 42 else chance.uniform(0.05, 3)
    return _encoded(_subject(chance, megapixels), chance.choice(_FORMATS))


def _subject(chance: random.Random, megapixels: float) -> Image.Image:
    photos = sorted((SHARED / "data").glob("*/images/*"))
    source = photos[chance.randrange(len(photos))] if photos else io.BytesIO(ball())
    with Image.open(source) as photo:
        image = photo.convert("RGB")
    scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
    image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    # No two are the same, else an upload would be taken for a double click.
    noise = np.random.default_rng(chance.getrandbits(32)).integers(
        0, 3, (image.height, image.width, 3), np.uint8
    )
    return Image.fromarray(np.asarray(image) // 2 + noise + 40)


def _encoded(image: Image.Image, format: str) -> bytes:
    output = io.BytesIO()
    if format == "HEIF":
        pillow_heif.from_pillow(image).save(output, quality=60)
    else:
        image.save(output, format)
    return output.getvalue()


def _wait(stack: Stack, fewer_than: int) -> None:
    """Until fewer than so many photos wait or are worked on."""
    while sum(_outcomes(stack)[status] for status in ("queued", "running")) >= fewer_than:
        time.sleep(0.05)


def _outcomes(stack: Stack) -> Counter[str]:
    database = f"file:{stack.data}/var/db.sqlite3?mode=ro"
    with closing(sqlite3.connect(database, uri=True)) as connection:
        return Counter(dict(connection.execute("SELECT status, count(*) FROM images_cutout GROUP BY status")))


def _resident(pid: int) -> int:
    """Megabytes."""
    status = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(status[1]) // 1024 if status else 0


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PHOTOS))
