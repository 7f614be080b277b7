"""Sheets: what is packed can be read square by square, and edges show no background."""

import io

import numpy as np
from PIL import Image, ImageDraw

from images.engine.edits import sheets


def _cutout(size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    """A red disc before green, and its cut-out with hidden colours erased."""
    photo = Image.new("RGB", size, (20, 200, 40))
    ImageDraw.Draw(photo).ellipse((size[0] * 0.3, size[1] * 0.3, size[0] * 0.7, size[1] * 0.7), (220, 30, 30))
    alpha = photo.getchannel("R").point(lambda level: 255 if level > 100 else 0)
    cutout = Image.new("RGBA", size)
    cutout.paste(photo, mask=alpha)
    cutout.putalpha(alpha)
    return photo, cutout


def _read(data: bytes) -> sheets.Index:
    return sheets.read_index(lambda start, length: data[start : start + length])


def _square(data: bytes, level: int, number: int) -> Image.Image:
    start, length = _read(data).place(level, number)
    return Image.open(io.BytesIO(data[start : start + length]))


def test_every_size_down_to_one_square_is_there() -> None:
    photo, cutout = _cutout((1301, 701))
    index = _read(sheets.build(photo, cutout, None))
    assert [level[:2] for level in index.levels] == [(1301, 701), (651, 351), (326, 176)]


def test_squares_show_the_photo() -> None:
    photo, cutout = _cutout((1301, 701))
    data = sheets.build(photo, cutout, None)
    last = _square(data, 0, 5)
    assert last.size == (1301 - 1024, 701 - 512)
    expected = np.asarray(photo.crop((1024, 512, 1301, 701)), np.int16)
    assert np.abs(np.asarray(last, np.int16) - expected).mean() < 2


def test_no_background_bleeds_into_smaller_edges() -> None:
    photo, cutout = _cutout((1300, 700))
    data = sheets.build(photo, cutout, None)
    small = np.asarray(_square(data, 2, 0).convert("RGB"), np.int16)
    shown = np.asarray(cutout.getchannel("A").reduce(4)) > 128
    rim = shown & ~np.asarray(cutout.getchannel("A").reduce(4) == 255)
    assert small[rim][:, 1].mean() < 60


def test_the_alpha_of_the_photo_itself_is_there_where_it_has_one() -> None:
    photo, cutout = _cutout((700, 300))
    source = Image.linear_gradient("L").resize((700, 300))
    data = sheets.build(photo, cutout, None, source)
    index = _read(data)
    for (start, length), alpha in ((index.alpha, cutout.getchannel("A")), (index.source or (0, 0), source)):
        assert (sheets.unpacked_alpha(data[start : start + length], index.size) == np.asarray(alpha)).all()
    assert _read(sheets.build(photo, cutout, None)).source is None


def test_alpha_comes_back_as_it_was() -> None:
    rng = np.random.default_rng(1)
    alpha = rng.integers(0, 256, (300, 700), dtype=np.uint8)
    alpha[:256, :256], alpha[:256, 256:512] = 0, 255
    assert (sheets.unpacked_alpha(sheets.packed_alpha(alpha), (700, 300)) == alpha).all()


def test_only_squares_that_differ_travel() -> None:
    before = np.zeros((600, 600), np.uint8)
    after = before.copy()
    after[300, 300] = 7
    import gzip

    packed = gzip.decompress(sheets.changed_squares(before, after))
    assert packed[:5] == bytes([0, 0, 0, 4, 2])
    assert len(packed) == 5 + 256 * 256
    assert gzip.decompress(sheets.changed_squares(after, after)) == b""
