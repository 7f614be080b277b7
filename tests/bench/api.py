"""`python -m tests.bench.api`: what /v1.0/removebg takes beyond the engine's own time.

A photo of one megapixel is sent to the whole service on an idle machine, in turns with the engine alone in a
process of its own: for the cut-out at its own size, and for the small picture that the contract gives when no
size is asked for. Prints medians. Half a minute.
"""

import json
import os
import statistics
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

from images import weights
from images.engine.networks.catalogue import U2NET
from tests.bench.engines import running
from tests.bench.load import megapixel
from tests.stack import Stack, serving, wait_for

ROUNDS = 9


def report() -> str:
    """Markdown: a sentence with the medians."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), COMPANION="yes") as stack,
        running("ours") as (engine,),
    ):
        stack.wait_until("worker", "model")
        second = weights.default_folder(os.environ) / U2NET.file_name
        if second.exists():  # then the engine alone has it, too
            wait_for(lambda: "companion ready" in stack.log, "the second network does not join")
        key, photo = stack.api_key(), megapixel(Path(folder))
        engine.run(photo)
        _seconds(stack, key, photo, "auto")
        rounds = [
            (
                float(engine.run(photo)["seconds"]),
                _seconds(stack, key, photo, "auto"),
                _seconds(stack, key, photo, "preview"),
            )
            for _ in range(ROUNDS)
        ]
    alone, whole, preview = (statistics.median(times) for times in zip(*rounds, strict=True))
    return (
        f"`/v1.0/removebg`, one megapixel, medians of {ROUNDS} in turns: the engine alone {alone:.2f} s;"
        f" size=auto {whole:.2f} s ({whole - alone:+.2f} s); size=preview {preview:.2f} s"
        f" ({preview - alone:+.2f} s)."
    )


def _seconds(stack: Stack, key: str, photo: Path, size: str) -> float:
    """From the request to the last byte of the picture. No two requests send the same bytes."""
    data, boundary = photo.read_bytes() + uuid.uuid4().bytes, uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="image_file"; filename="a.jpg"\r\n\r\n'
    tail = (
        f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="size"\r\n\r\n{size}\r\n--{boundary}--\r\n'
    )
    request = urllib.request.Request(
        f"{stack.address}/v1.0/removebg",
        head.encode() + data + tail.encode(),
        {"X-API-Key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=120) as answer:
        assert answer.read(8).startswith(b"\x89PNG"), json.dumps(dict(answer.headers))
        answer.read()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(report())
