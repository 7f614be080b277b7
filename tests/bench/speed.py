"""python -m tests.bench.speed: seconds, peak memory and stage times at four sizes, in turns with rembg.

The photo of 18 megapixels in ../shared/data is resized to each size. Each engine runs in a process of its own
for each size; the first run of each, on the smallest photo, warms it up and does not count.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from images.engine import Stage
from tests.bench.accuracy import SHARED
from tests.bench.engines import running
from tests.bench.tables import table

RUNS = {0.5: 5, 1.5: 7, 18: 3, 50: 3}  # megapixels: runs that count
ENGINES = ("ours", "rembg decontaminate", "bare")
_PHOTO = SHARED / "data" / "large" / "photo-18mp.jpg"

Answers = dict[str, list[dict[str, Any]]]


def report() -> str:
    """Markdown: two tables and what they mean."""
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        for megapixels, runs in RUNS.items():
            measured[megapixels] = _measured(Path(folder), megapixels, runs)
    return "\n\n".join(_sections(measured))


def _measured(folder: Path, megapixels: float, runs: int) -> tuple[Answers, dict[str, int]]:
    """The answers of each engine, which took turns, and its peak in megabytes."""
    smallest, photo = _photo(folder, min(RUNS)), _photo(folder, megapixels)
    answers: Answers = {name: [] for name in ENGINES}
    with running(*ENGINES) as engines:
        for engine in engines:
            engine.run(smallest)
        for _ in range(runs):
            for name, engine in zip(ENGINES, engines, strict=True):
                answers[name].append(engine.run(photo))
        peaks = {name: engine.peak_megabytes() for name, engine in zip(ENGINES, engines, strict=True)}
    return answers, peaks


def _photo(folder: Path, megapixels: float) -> Path:
    path = folder / f"{megapixels}.jpg"
    if not path.exists():
        with Image.open(_PHOTO) as photo:
            scale = (megapixels * 1e6 / (photo.width * photo.height)) ** 0.5
            size = (int(photo.width * scale), int(photo.height * scale))  # 50 megapixels are the limit
            photo.resize(size, Image.Resampling.LANCZOS).save(
                path, quality=92, icc_profile=photo.info["icc_profile"]
            )
    return path


def _sections(measured: dict[float, tuple[Answers, dict[str, int]]]) -> Iterator[str]:
    backend = measured[min(RUNS)][0]["ours"][0]["backend"]
    runs = ", ".join(map(str, RUNS.values()))
    yield (
        f"Seconds (medians of {runs} runs in turns) and peak memory, JPEG in, PNG with clean edges out, on"
        f" {backend}; rembg with `decontaminate=True`, on ONNX Runtime. “Bare” is the networks alone, on our"
        " backend."
    )
    header = ["megapixels", "ours", "rembg", "faster", "ours, peak", "rembg, peak", "bare", "ours / bare"]
    yield table(header, [_row(size, *found) for size, found in measured.items()])
    yield "Where our time goes, in seconds:"
    yield table(["megapixels", *Stage], [_stages(size, found[0]) for size, found in measured.items()])


def _row(megapixels: float, answers: Answers, peaks: dict[str, int]) -> list[str]:
    ours, rembg, bare = (statistics.median(answer["seconds"] for answer in answers[name]) for name in ENGINES)
    return [
        str(megapixels),
        f"{ours:.2f} s",
        f"{rembg:.2f} s",
        f"{rembg / ours:.1f} ×",
        f"{peaks['ours']} MB",
        f"{peaks['rembg decontaminate']} MB",
        f"{bare:.2f} s",
        f"{ours / bare:.2f}",
    ]


def _stages(megapixels: float, answers: Answers) -> list[str]:
    stages = [answer["stages"] for answer in answers["ours"]]
    return [
        str(megapixels),
        *(f"{statistics.median(times[stage] for times in stages):.2f}" for stage in Stage),
    ]


if __name__ == "__main__":
    sys.stdout.write(f"{report()}\n")
