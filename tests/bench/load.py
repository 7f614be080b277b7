"""`python -m tests.bench.load`: sixteen clients at once, beside `rembg s` and the bare network.

Each client sends a photo of one megapixel through the website's form, waits for the result as the page does,
and sends the next. `rembg s` gets the same photos at its own address, from as many clients. The network
alone is timed between both. Everything on loopback, a bounded number of photos.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from images import weights
from images.engine.networks.catalogue import ISNET_GENERAL_USE
from tests import stack
from tests.bench import tables
from tests.bench.accuracy import SHARED
from tests.bench.engines import running
from tests.stack import Visitor, free_port, serving, wait_for

CLIENTS, PHOTOS, PEERS_PHOTOS = 16, 64, 16
_PHOTO = SHARED / "data" / "davis" / "images" / "dog_00010.jpg"
# The companion's weights are there, and both networks are what “alone” means.
_SETTINGS = {"MAX_PHOTOS_PER_MINUTE": "100000", "COMPANION": "yes"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one server did: photos a second, the 95th percentile of seconds, the most megabytes."""

    rate: float
    p95: float
    megabytes: int


def report() -> str:
    with tempfile.TemporaryDirectory() as folder:
        photo = megapixel(Path(folder))
        ours = _ours(Path(folder), photo)
        bare = _bare(photo)
        peer = _rembg(Path(folder), photo)
    rows = [
        ["ours, the website's form", f"{ours.rate:.2f}", f"{ours.p95:.1f} s", f"{ours.megabytes} MB"],
        ["rembg s", f"{peer.rate:.2f}", f"{peer.p95:.1f} s", f"{peer.megabytes} MB"],
        ["the network alone", f"{bare:.2f}", "–", "–"],
    ]
    table = tables.table(["", "photos / s", "p95", "memory"], rows)
    return (
        f"{CLIENTS} clients, one megapixel, {PHOTOS} photos ({PEERS_PHOTOS} for rembg).\n\n{table}\n\n"
        f"{ours.rate / peer.rate:.1f} × `rembg s`; {100 * ours.rate / bare:.0f} % of the bare network's rate."
    )


def megapixel(folder: Path) -> Path:
    """A photo of one megapixel with a subject."""
    path = folder / "photo.jpg"
    Image.open(_PHOTO).convert("RGB").resize((1224, 817)).save(path, quality=90)
    return path


def _ours(folder: Path, photo: Path) -> Outcome:
    with serving(folder, **_SETTINGS) as service:
        service.wait_until("worker", "model")
        wait_for(lambda: "companion ready" in service.log, "the companion does not join")
        visitors = [Visitor(service.address) for _ in range(CLIENTS)]
        data = photo.read_bytes()

        def send(number: int) -> None:
            visitor = visitors[number % CLIENTS]
            # No two files alike, or the second would be the first one's double click.
            visitor.result(visitor.upload(data + number.to_bytes(4)))

        send(CLIENTS)  # warms everything up
        return _measured(send, PHOTOS, service.megabytes)


def _measured(send: Callable[[int], None], photos: int, megabytes: Callable[[], int]) -> Outcome:
    seconds: list[float] = []
    most = 0
    is_over = threading.Event()

    def watch() -> None:
        nonlocal most
        while not is_over.wait(2):  # it costs the kernel fifty milliseconds each time
            most = max(most, megabytes())

    def client(first: int) -> None:
        for number in range(first, photos, CLIENTS):
            started = time.perf_counter()
            send(number)
            seconds.append(time.perf_counter() - started)

    threading.Thread(target=watch, daemon=True).start()
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(client, range(CLIENTS)))
    whole = time.perf_counter() - started
    is_over.set()
    return Outcome(photos / whole, sorted(seconds)[int(0.95 * (len(seconds) - 1))], most)


def _bare(photo: Path) -> float:
    with running("bare") as (bare,):
        bare.run(photo)
        seconds = sum(float(bare.run(photo)["seconds"]) for _ in range(8))
    return float(8 / seconds)


def _rembg(folder: Path, photo: Path) -> Outcome:
    with _rembg_serving(folder) as (process, address):
        data = photo.read_bytes()

        def send(_number: int) -> None:
            with urllib.request.urlopen(_request(address, data), timeout=600) as answer:
                assert answer.read(8).startswith(b"\x89PNG")

        send(0)
        return _measured(send, PEERS_PHOTOS, lambda: stack.proportional_kilobytes(process.pid) // 1024)


def _request(address: str, data: bytes) -> urllib.request.Request:
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n'
    # A form's own field: what the address says of the model counts for GET alone.
    tail = f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nisnet-general-use'
    body = head.encode() + data + f"{tail}\r\n--{boundary}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return urllib.request.Request(f"{address}/api/remove", body, kind)


@contextmanager
def _rembg_serving(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """rembg's own server with our weights, in an environment of its own: it needs 80 packages more."""
    python = folder / "rembg" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "uv", "venv", "--quiet", str(folder / "rembg")], check=True)
    install = ["pip", "install", "--quiet", "--python", str(python), "rembg[cpu,cli]"]
    subprocess.run([sys.executable, "-m", "uv", *install], check=True)
    home, port = folder / "u2net" / "models" / "isnet-general-use", free_port()
    home.mkdir(parents=True)
    found = weights.locate(weights.default_folder(os.environ), ISNET_GENERAL_USE)
    (home / "isnet-general-use.onnx").symlink_to(found)
    environment = {**os.environ, "U2NET_HOME": str(folder / "u2net"), "MODEL_CHECKSUM_DISABLED": "1"}
    command = [str(python.parent / "rembg"), "s", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "rembg.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: _answers(address), f"no answer: {folder / 'rembg.log'}", seconds=600)
        yield process, address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api", timeout=5):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.stdout.write(f"{report()}\n")
