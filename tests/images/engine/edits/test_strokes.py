"""Strokes: what they cover, and that the page draws what the server delivers."""

import json
import random
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from images.engine.edits import marks
from images.engine.edits.strokes import FULL, Brush, Stroke, blended, coverage, paint

_SCRIPT = Path(__file__).with_name("replay.mjs")
_SIZE = (640, 430)


def _line(*points: tuple[int, int], radius: int = 40, **brush: Any) -> Stroke:
    """Points in pixels; a radius of ten pixels."""
    return Stroke(Brush(radius, **brush), tuple((4 * x, 4 * y, FULL) for x, y in points), keep=True)


def _painted(*strokes: Stroke, size: tuple[int, int] = _SIZE, level: int = 0) -> Any:
    alpha = np.full((size[1], size[0]), level, np.uint8)
    for stroke in strokes:
        paint(alpha, stroke)
    return alpha


def test_a_hard_stroke_is_the_distance_to_its_line() -> None:
    alpha = _painted(_line((100, 100), (300, 180)))
    y, x = np.mgrid[:430, :640] + 0.5
    along = np.clip(((x - 100) * 200 + (y - 100) * 80) / (200**2 + 80**2), 0, 1)
    distance = np.hypot(x - 100 - along * 200, y - 100 - along * 80)
    assert (alpha[distance < 9.2] == FULL).all()
    assert (alpha[distance > 10.6] == 0).all()
    assert 110 < alpha[np.abs(distance - 10) < 0.1].mean() < 150


def test_a_soft_stroke_falls_towards_its_rim() -> None:
    row = _painted(_line((100, 100), (300, 100), radius=160, hardness=0))[60:142, 200].astype(int)
    assert (np.diff(row[:40]) >= 0).all()
    assert row[0] == 0
    assert 100 < row[20] < 155
    assert row[40] > 250


def test_a_crossing_is_no_darker_than_its_arms() -> None:
    alpha = _painted(_line((50, 100), (250, 100), (150, 20), (150, 200), opacity=100))
    assert alpha.max() == 100


def test_taking_away_is_the_opposite_of_bringing_back() -> None:
    levels = np.arange(256, dtype=np.uint8)
    cover = np.full(256, 90, np.uint8)
    assert (FULL - blended(levels, cover, keep=True) == blended(FULL - levels, cover, keep=False)).all()


def test_less_pressure_draws_a_thinner_line() -> None:
    light = Stroke(Brush(80), ((400, 400, 96), (1200, 400, 96)), keep=True)
    heavy = Stroke(Brush(80), ((400, 400, 255), (1200, 400, 255)), keep=True)
    assert 0 < np.count_nonzero(_painted(light)) < 0.5 * np.count_nonzero(_painted(heavy))


def test_a_stroke_that_leaves_the_picture_comes_back() -> None:
    alpha = _painted(_line((50, 50), (-300, -300), (900, -300), (600, 100)))
    assert alpha[50, 50] == FULL
    assert alpha[100, 600] == FULL


def test_a_stroke_outside_touches_nothing() -> None:
    alpha = np.zeros((40, 40), np.uint8)
    assert paint(alpha, _line((-100, -100), (-200, -100))) is None
    assert not alpha.any()


def test_the_parts_of_a_stroke_meet_without_a_seam() -> None:
    stroke = _line((400, 900), (1600, 1200), radius=400, hardness=90)
    parts = list(coverage(stroke, (2500, 2500)))
    assert len(parts) > 1
    whole, alone = _painted(stroke, size=(2500, 2500)), np.zeros((2500, 2500), np.uint8)
    for box, cover in parts:
        alone[box[1] : box[3], box[0] : box[2]] += cover
    assert (whole == alone).all()


def _random_mark(rng: random.Random) -> dict[str, Any]:
    radius = rng.choice([4, 7, 20, 63, 64, 65, 200, 513, rng.randrange(2, 1200)])
    points = [rng.randrange(-400, 4 * _SIZE[0] + 400), rng.randrange(-400, 4 * _SIZE[1] + 400)]
    for _ in range(rng.randrange(0, 12)):
        points += [rng.randrange(-300, 300), rng.randrange(-300, 300)]
    mark = {
        "keep": rng.random() < 0.5,
        "radius": radius,
        "hardness": rng.choice([0, 255, rng.randrange(256)]),
        "opacity": rng.choice([255, rng.randrange(1, 256)]),
        "points": points,
    }
    if rng.random() < 0.5:
        mark["pressure"] = [rng.randrange(256) for _ in points[::2]]
    return mark


def _stroke(mark: dict[str, Any]) -> Stroke:
    places = np.cumsum(np.reshape(mark["points"], (-1, 2)), 0).tolist()
    pressure = mark.get("pressure") or [FULL] * len(places)
    points = tuple((x, y, p) for (x, y), p in zip(places, pressure, strict=True))
    return Stroke(Brush(mark["radius"], mark["hardness"], mark["opacity"]), points, mark["keep"])


def _kept(mark: dict[str, Any]) -> dict[str, Any]:
    return marks.parse([{"op": "stroke", **mark}])[0].document()


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_the_page_draws_what_the_server_delivers() -> None:
    """A thousand random recipes: at most one level apart, as the page promises; equal, in fact."""
    rng = random.Random(11)  # noqa: S311 (pictures, no secrets)
    recipes: list[dict[str, Any]] = [
        {
            "width": rng.choice([_SIZE[0], 256, 257, 100]),
            "height": rng.choice([_SIZE[1], 255, 512]),
            "level": rng.choice([0, 255, 128]),
            "strokes": [_random_mark(rng) for _ in range(rng.randrange(1, 5))],
        }
        for _ in range(1000)
    ]
    # As the page draws them, and as they come back from the server another day.
    sent = [
        {**each, "strokes": [*map(_kept, each["strokes"])]} if each["level"] else each for each in recipes
    ]
    lines = "\n".join(json.dumps(recipe) for recipe in sent).encode()
    out = subprocess.run(["node", str(_SCRIPT)], input=lines, capture_output=True, check=True).stdout
    worst, start = 0, 0
    for recipe in recipes:
        size = (recipe["width"], recipe["height"])
        end = start + size[0] * size[1]
        theirs = np.frombuffer(out[start:end], np.uint8).reshape(size[1], size[0]).astype(int)
        ours = _painted(*map(_stroke, recipe["strokes"]), size=size, level=recipe["level"])
        worst, start = max(worst, int(np.abs(theirs - ours).max())), end
    assert start == len(out)
    assert worst == 0


def test_two_hundred_strokes_on_eighteen_megapixels_take_no_time() -> None:
    """Half a second is the goal; a busy machine may take four times that."""
    rng, strokes = random.Random(1), []  # noqa: S311
    for _ in range(200):
        steps = np.cumsum(np.cumsum([[rng.uniform(-9, 9), rng.uniform(-9, 9)] for _ in range(40)], 0), 0)
        places = (
            np.rint(steps + np.array([rng.randrange(20_000), rng.randrange(13_000)])).astype(int).tolist()
        )
        strokes.append(
            Stroke(Brush(rng.randrange(80, 240), 128), tuple((x, y, FULL) for x, y in places), True)
        )
    alpha = np.zeros((3456, 5184), np.uint8)
    began = time.perf_counter()
    for stroke in strokes:
        paint(alpha, stroke)
    assert time.perf_counter() - began < 10  # 0.5 on a quiet machine; a loop over pixels would take minutes
