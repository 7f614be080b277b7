"""Each engine in a process of its own, driven from outside, so that they can be timed in turns.

`python -m tests.bench.engines NAME` reads one path a line and answers each with a line of JSON.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.tables import ROOT

Run = Callable[[Path], dict[str, Any]]


class Engine:
    """A running child. Its answers hold `seconds` and, of ours, `stages`."""

    def __init__(self, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.engines", name],
            cwd=ROOT,
            env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, photo: Path) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{photo}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the engine died; what it said stands above"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def peak_megabytes(self) -> int:
        """Not getrusage: a child begins with the peak of the process that started it."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        assert peak
        return int(peak[1]) // 1024

    def close(self) -> None:
        self._process.communicate(timeout=60)


@contextmanager
def running(*names: str) -> Iterator[list[Engine]]:
    engines = [Engine(name) for name in names]
    try:
        yield engines
    finally:
        for engine in engines:
            engine.close()


def _ours() -> Run:
    from images.engine import Options, remove_background
    from tests.images.engine.real import real_network

    network = real_network()

    def run(photo: Path) -> dict[str, Any]:
        # One picture, as rembg makes; the small ones are for pages.
        cutout = remove_background(photo.read_bytes(), network, Options(preview_side=0))
        return {"stages": cutout.stage_seconds, "backend": cutout.backend}

    return run


def _bare() -> Run:
    """The networks alone, on the backend and in the shapes that ours uses."""
    import numpy as np
    from PIL import Image

    from tests.images.engine.real import real_network

    first = real_network()
    networks = [first, *([first.companion] if first.companion else [])]

    def run(photo: Path) -> dict[str, Any]:
        with Image.open(photo) as image:
            size = image.size
        for network in networks:
            width, height = (
                network.model.rectangle(size) if network.takes_rectangles else network.model.square
            )
            network.run(np.full((1, 3, height, width), 0.1, np.float32))
        return {"backend": first.backend}

    return run


def _rembg(home: Path, **options: bool) -> Run:
    os.environ["U2NET_HOME"] = str(home)
    from tests.images.engine.real import rembg_session

    session = rembg_session(home)
    from rembg import remove

    def run(photo: Path) -> dict[str, Any]:
        remove(photo.read_bytes(), session=session, force_return_bytes=True, **options)
        return {}

    return run


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        choices: dict[str, Callable[[], Run]] = {
            "ours": _ours,
            "bare": _bare,
            "rembg": lambda: _rembg(Path(home)),
            "rembg decontaminate": lambda: _rembg(Path(home), decontaminate=True),
        }
        run = choices[name]()
        for line in sys.stdin:
            started = time.perf_counter()
            answer = run(Path(line.rstrip("\n")))
            answer["seconds"] = time.perf_counter() - started
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
