"""python -m tests.bench.accuracy: our masks and rembg's, same weights, scored side by side.

Needs the photos with true masks in ../shared/data, the scorer ../shared/tools/accuracy.py, the real
weights and rembg. Each engine runs in a process of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from images.engine import remove_background
from tests.images.engine.real import real_network, rembg_session

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
ENGINES = ("ours", "rembg")

CutOut = Callable[[bytes], bytes]


def main() -> int:
    if len(sys.argv) == 3:
        write_all(sys.argv[1], Path(sys.argv[2]))
        return 0
    if not (SHARED / "data").is_dir():
        sys.stderr.write(f"{SHARED / 'data'} is not on this machine.\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        tables = [scores(engine, Path(folder) / engine) for engine in ENGINES]
    for lines in zip(*tables, strict=True):
        for engine, line in zip(ENGINES, lines, strict=True):
            print(f"{engine:6s} {line}")
    return 0


def scores(engine: str, folder: Path) -> list[str]:
    """One line per set."""
    command = [sys.executable, "-m", "tests.bench.accuracy", engine, str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    scorer = [sys.executable, str(SHARED / "tools" / "accuracy.py")]
    done = subprocess.run(
        [*scorer, str(SHARED / "data"), str(folder)], check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


def write_all(engine: str, folder: Path) -> None:
    cut_out = _ours() if engine == "ours" else _rembg(folder)
    for photo in sorted((SHARED / "data").glob("*/images/*")):
        target = folder / photo.parents[1].name / f"{photo.stem}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(cut_out(photo.read_bytes()))


def _ours() -> CutOut:
    network = real_network()
    return lambda data: remove_background(data, network).data


def _rembg(home: Path) -> CutOut:
    os.environ["U2NET_HOME"] = str(home)
    session = rembg_session(home)
    from rembg import remove

    return lambda data: bytes(remove(data, session=session, force_return_bytes=True))


if __name__ == "__main__":
    sys.exit(main())
