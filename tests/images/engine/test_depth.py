"""Sixteen bits in, sixteen bits out: no level is lost where the photo shows as it was."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from images.engine import Colours, Cutout, Format, Options, remove_background
from images.engine.codecs.png_chunks import chunk
from tests.images.engine.pictures import deep_png, deep_values, saved, srgb_profile, unzipped
from tests.images.engine.tiffs import page, tiff
from tests.images.engine.tiny import tiny_network

SHAPE = (64, 96)
INSIDE = (slice(20, 44), slice(30, 66))


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Cutout]:
    network = tiny_network(tmp_path_factory.mktemp("network"))
    return lambda data, **options: remove_background(data, network, Options(**options))


def patch(samples: int = 3) -> NDArray[np.uint16]:
    """A bright patch of many close levels on black."""
    values = np.zeros((*SHAPE, samples), np.uint16)
    levels = np.random.default_rng(5).integers(50_000, 60_000, (32, 48, samples), np.uint16)
    values[16:48, 24:72] = levels
    return values


FILES = {
    "PNG": deep_png(patch()),
    "grey PNG": deep_png(np.repeat(patch(1), 3, axis=2)[..., 0]),
    "TIFF": tiff([page(patch(), is_deflated=True, predictor=2)]),
    "TIFF in planes": tiff([page(patch(), is_planar=True)]),
    "grey TIFF": tiff([page(patch(1))]),
}


def source(name: str) -> NDArray[np.uint16]:
    return np.repeat(patch(1), 3, axis=2) if "grey" in name else patch()


@pytest.mark.parametrize("name", FILES)
def test_no_level_is_lost_in_opaque_pixels(cut: Callable[..., Cutout], name: str) -> None:
    result = deep_values(cut(FILES[name]).data)
    opaque = result[..., 3] == 65_535
    assert opaque[INSIDE].all()
    assert np.array_equal(result[opaque][:, :3], source(name)[opaque])


def test_nothing_of_the_background_remains_in_the_lower_bits(cut: Callable[..., Cutout]) -> None:
    values = patch()
    values[values == 0] = 77
    result = deep_values(cut(deep_png(values)).data)
    assert not result[result[..., 3] == 0].any()


def test_background_hides_all_of_the_old_one(cut: Callable[..., Cutout]) -> None:
    values = patch()
    values[:8] = np.random.default_rng(6).integers(0, 300, (8, 96, 3), np.uint16)
    result = deep_values(cut(deep_png(values), background=(10, 200, 30)).data)
    assert np.array_equal(np.unique(result[:6].reshape(-1, 3), axis=0), [[10 * 257, 200 * 257, 30 * 257]])
    assert np.array_equal(result[INSIDE], values[INSIDE])


def test_cover_of_sixteen_bits_is_kept_where_the_photo_shows(cut: Callable[..., Cutout]) -> None:
    values = patch(4)
    values[..., 3] = 40_123
    result = deep_values(cut(deep_png(values)).data)
    assert np.array_equal(result[INSIDE], values[INSIDE])


def half_hidden() -> NDArray[np.uint16]:
    """Colours everywhere: the patch is half transparent above and opaque below, all around is hidden."""
    values = patch(4)
    values[16:32, 24:72, 3], values[32:48, 24:72, 3] = 55_000, 65_535
    values[values[..., 3] == 0] = (0, 40_000, 0, 0)
    return values


@pytest.mark.parametrize("background", [None, (10, 200, 30)])
def test_what_the_source_hides_stays_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, background: tuple[int, int, int] | None
) -> None:
    network = tiny_network(tmp_path)
    monkeypatch.setattr(network, "run", lambda tensor: np.ones(tensor.shape[2:], np.float32))
    values = half_hidden()
    cutout = remove_background(deep_png(values), network, Options(background=background))
    hidden = deep_values(cutout.data)[values[..., 3] == 0]
    assert (hidden == (np.array(background) * 257 if background else 0)).all()
    assert cutout.subject == (24, 16, 72, 48)


def test_what_the_source_half_hides_is_mixed_with_a_background(cut: Callable[..., Cutout]) -> None:
    values = half_hidden()
    result = deep_values(cut(deep_png(values), background=(10, 200, 30)).data)
    ground = np.array((10, 200, 30)) * 257
    assert (result[values[..., 3] == 0] == ground).all()
    mixed = values[22:28, 30:66, :3] * (55_000 / 65_535) + ground * (1 - 55_000 / 65_535)
    assert np.abs(result[22:28, 30:66] - mixed).max() < 2 * 257
    assert np.array_equal(result[36:44, 30:66], values[36:44, 30:66, :3])


def test_soft_pixels_are_those_of_eight_bits(cut: Callable[..., Cutout]) -> None:
    values = patch()
    deep, plain = (
        cut(deep_png(values)).data,
        cut(saved(Image.fromarray((values // 257).astype(np.uint8)))).data,
    )
    soft = np.asarray(unzipped(plain))[..., 3] < 255
    same = np.abs(deep_values(deep)[soft] / 257 - np.asarray(unzipped(plain), float)[soft]) <= 2
    assert same.mean() > 0.95


def test_profile_goes_with_sixteen_bits(cut: Callable[..., Cutout]) -> None:
    data = tiff([page(patch(), tags={34675: srgb_profile()})])
    result = cut(data).data
    assert unzipped(result).info["icc_profile"] == srgb_profile()
    assert deep_values(result).shape == (*SHAPE, 4)


@pytest.mark.parametrize("format", [Format.WEBP, Format.JPEG, Format.AVIF, Format.ZIP])
def test_formats_of_eight_bits(cut: Callable[..., Cutout], format: Format) -> None:
    assert unzipped(cut(FILES["PNG"], format=format).data).size == SHAPE[::-1]


def test_converted_colours_have_eight_bits(cut: Callable[..., Cutout]) -> None:
    data = tiff([page(patch(), tags={34675: srgb_profile()})])
    assert cut(data, colours=Colours.SRGB).data[24] == 8


GREY_8 = np.full(SHAPE, 30, np.uint8)
GREY_8[16:48, 24:72] = 200
TRANSPARENT = {
    "eight bits": saved(Image.fromarray(GREY_8), transparency=30),
    "eight bits of GIF": saved(Image.fromarray(GREY_8), "GIF", transparency=30),
    "sixteen bits": deep_png(GREY_8.astype(np.uint16) * 257),
}
TRANSPARENT["sixteen bits"] = (
    TRANSPARENT["sixteen bits"][:33]
    + chunk(b"tRNS", (30 * 257).to_bytes(2, "big"))
    + TRANSPARENT["sixteen bits"][33:]
)


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("name", TRANSPARENT)
def test_grey_with_a_transparent_level_in_every_format(
    cut: Callable[..., Cutout], tmp_path: Path, format: Format, name: str
) -> None:
    result = unzipped(cut(TRANSPARENT[name], format=format).data)
    assert result.size == SHAPE[::-1]
    if format.has_alpha:
        assert result.getchannel("A").getextrema() == (0, 255)
