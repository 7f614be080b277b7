"""Strokes that follow the photo's edges, and the colours of what they bring back."""

import io

import numpy as np
from PIL import Image, ImageDraw

from images.engine.edits.marks import StrokeMark
from images.engine.edits.snap import snapped
from images.engine.edits.sources import Sources
from images.engine.edits.strokes import FULL, Brush, Stroke
from images.engine.edits.subject import marked


def _photo(size: tuple[int, int] = (600, 400)) -> Image.Image:
    """A red half on the left, blue on the right, neither quite even."""
    rng = np.random.default_rng(2)
    pixels = np.zeros((size[1], size[0], 3), np.int16)
    pixels[:, :300], pixels[:, 300:] = (200, 50, 40), (40, 60, 190)
    return Image.fromarray(np.clip(pixels + rng.normal(0, 6, pixels.shape), 0, 255).astype(np.uint8))


def _stroke(keep: bool, radius: int = 40) -> Stroke:
    """Down the edge between the two, its middle ten pixels to the left."""
    return Stroke(Brush(4 * radius), ((1160, 400, FULL), (1160, 1200, FULL)), keep, snap=True)


def test_a_rough_stroke_brings_back_up_to_the_edge() -> None:
    alpha = np.zeros((400, 600), np.uint8)
    alpha[:, :240] = 255
    alpha[90:310] = np.where(np.arange(600) < 240, 255, 0)
    after, box = snapped(alpha, _stroke(keep=True), _photo())
    assert after[200, 290] > 230
    assert after[200, 296] > 128
    assert after[200, 312:].max() < 40
    assert box is not None
    assert box[0] >= 240


def test_and_takes_away_up_to_it() -> None:
    alpha = np.full((400, 600), 255, np.uint8)
    alpha[:, 345:] = 0
    stroke = Stroke(Brush(160), ((1240, 400, FULL), (1240, 1200, FULL)), False, snap=True)
    after, _ = snapped(alpha, stroke, _photo())
    assert after[200, 312:340].max() < 40
    assert after[200, 272:292].min() > 200


def test_without_an_example_of_the_other_side_it_paints() -> None:
    alpha = np.full((400, 600), 255, np.uint8)
    after, _ = snapped(alpha, Stroke(Brush(80), ((800, 800, FULL),), False, snap=True), _photo())
    assert after[200, 200] == 0


def test_a_stroke_may_end_at_any_border() -> None:
    alpha = np.zeros((401, 603), np.uint8)
    for radius in (130, 333, 1201, 3999):
        stroke = Stroke(Brush(radius), ((0, 0, FULL), (2411, 1603, FULL)), True, snap=True)
        assert snapped(alpha, stroke, _photo((603, 401)))[0].any()


def test_outside_it_changes_nothing() -> None:
    alpha = np.zeros((400, 600), np.uint8)
    after, box = snapped(alpha, Stroke(Brush(80), ((-9000, -9000, FULL),), True, snap=True), _photo())
    assert box is None
    assert not after.any()


def _file(picture: Image.Image) -> bytes:
    output = io.BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def test_what_comes_back_has_the_photos_colour_cleaned_at_its_edge() -> None:
    photo = Image.new("RGB", (300, 200), (30, 180, 60))
    ImageDraw.Draw(photo).rectangle((0, 0, 150, 200), fill=(210, 40, 50))
    photo = photo.resize((600, 400), Image.Resampling.BICUBIC)
    sources = Sources(lambda: _file(Image.new("RGBA", (600, 400))), lambda: _file(photo))
    brush = Brush(240, hardness=128)
    stroke = Stroke(brush, ((1040, 400, FULL), (1040, 1200, FULL)), keep=True)
    cutout = np.asarray(marked(sources, (StrokeMark(stroke),)))
    assert cutout[200, 250].tolist() == [210, 40, 50, 255]
    assert not cutout[..., :3][cutout[..., 3] == 0].any()
    edge = (cutout[200, 302:, 3] > 20) & (cutout[200, 302:, 3] < 120)
    assert edge.any()


def test_what_is_untouched_stays_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    old = rng.integers(1, 256, (400, 600, 4), dtype=np.uint8)
    sources = Sources(lambda: _file(Image.fromarray(old)), lambda: _file(_photo()))
    stroke = Stroke(Brush(80), ((400, 400, FULL),), keep=False)
    new = np.asarray(marked(sources, (StrokeMark(stroke),)))
    assert (new[200:] == old[200:]).all()
    assert new[100, 100].tolist() == [0, 0, 0, 0]
