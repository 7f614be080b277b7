from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image, ImageChops

from images.engine import Format, ImageTooLarge
from images.engine.codecs.encode import _shrunk, encode, encode_preview
from tests.images.engine.codecs.test_colour import swapped_profile
from tests.images.engine.pictures import colour_at, disc, is_near, opened, srgb_profile, unzipped


def half_red() -> Image.Image:
    return Image.new("RGBA", (8, 8), (255, 0, 0, 128))


@pytest.mark.parametrize(
    ("format", "name"), [(Format.PNG, "PNG"), (Format.WEBP, "WEBP"), (Format.AVIF, "AVIF")]
)
def test_alpha_is_written(format: Format, name: str) -> None:
    image = opened(encode(half_red(), format, None, None))
    assert (image.format, image.mode) == (name, "RGBA")
    assert is_near(colour_at(image, 4, 4), (255, 0, 0, 128))


def test_jpeg_is_written() -> None:
    image = opened(encode(disc(), Format.JPEG, None, None))
    assert (image.format, image.size) == ("JPEG", (120, 80))


def test_zip_holds_colour_and_alpha_as_remove_bg_s_does() -> None:
    with ZipFile(BytesIO(encode(half_red(), Format.ZIP, None, None))) as archive:
        files = archive.infolist()
        colour, alpha = (opened(archive.read(file)) for file in files)
    assert [(file.filename, file.compress_type) for file in files] == [("color.jpg", 0), ("alpha.png", 0)]
    assert (colour.format, alpha.format, alpha.mode) == ("JPEG", "PNG", "L")
    assert is_near(colour_at(colour, 4, 4), (255, 0, 0))
    assert colour_at(alpha, 4, 4) == (128,)


def test_zip_of_an_opaque_picture_has_white_alpha() -> None:
    with ZipFile(BytesIO(encode(disc(), Format.ZIP, None, None))) as archive:
        assert opened(archive.read("alpha.png")).getextrema() == (255, 255)


@pytest.mark.parametrize("format", Format)
def test_profile_is_kept(format: Format) -> None:
    image = unzipped(encode(disc(), format, srgb_profile(), None))
    assert image.info["icc_profile"] == srgb_profile()


@pytest.mark.parametrize("format", [Format.PNG, Format.JPEG, Format.ZIP])
def test_dpi_is_kept(format: Format) -> None:
    across, down = unzipped(encode(disc(), format, None, (300, 200))).info["dpi"]
    assert (round(across), round(down)) == (300, 200)


@pytest.mark.parametrize(("dpi", "written"), [(65_535, 65_535), (65_536, None), (100_000, None)])
def test_dpi_that_a_jpeg_has_no_number_for_is_not_said(dpi: int, written: int | None) -> None:
    said = opened(encode(disc(), Format.JPEG, None, (dpi, dpi))).info.get("dpi")
    assert (said and said[0]) == written


@pytest.mark.parametrize("format", Format)
def test_nothing_of_the_source_s_information_is_written(format: Format) -> None:
    image = disc()
    exif = Image.Exif()
    exif[0x010E] = "secret"
    image.info |= {"exif": exif.tobytes(), "xmp": b"secret", "comment": b"secret"}
    assert b"secret" not in encode(image, format, None, None)


@pytest.mark.parametrize(
    ("format", "side"), [(Format.WEBP, 16_384), (Format.JPEG, 65_536), (Format.ZIP, 65_536)]
)
def test_side_longer_than_the_format_allows(format: Format, side: int) -> None:
    with pytest.raises(ImageTooLarge) as caught:
        encode(Image.new("RGB", (side, 1)), format, None, None)
    assert caught.value.code == "too_long_for_format"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((400, 200), (100, 50)),
        ((200, 400), (50, 100)),
        ((40, 20), (40, 20)),
        ((2_000, 1), (100, 1)),
    ],
)
def test_preview_is_shrunk_and_never_enlarged(size: tuple[int, int], expected: tuple[int, int]) -> None:
    image = opened(encode_preview(Image.new("RGB", size), 100, None))
    assert (image.format, image.size) == ("WEBP", expected)


@pytest.mark.parametrize("size", [(700, 900), (1001, 333), (5_000, 300)])
def test_preview_in_strips_is_that_of_the_picture_as_a_whole(size: tuple[int, int]) -> None:
    values = np.random.default_rng(2).integers(0, 256, (size[1], size[0], 4), np.uint8)
    image, small = Image.fromarray(values), _shrunk(Image.fromarray(values), 100)
    whole = image.convert("RGBa").resize(small.size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    assert ImageChops.difference(small, whole.convert("RGBA")).getextrema() == ((0, 0),) * 4


def test_preview_keeps_alpha() -> None:
    assert is_near(colour_at(opened(encode_preview(half_red(), 4, None)), 2, 2), (255, 0, 0, 128))


def test_preview_is_in_srgb() -> None:
    image = opened(encode_preview(half_red(), 8, swapped_profile()))
    assert "icc_profile" not in image.info
    assert is_near(colour_at(image, 4, 4), (0, 0, 255, 128))


def test_erased_background_does_not_darken_the_preview_s_edge() -> None:
    image = Image.new("RGBA", (200, 200))
    image.paste((255, 255, 255, 255), (0, 0, 99, 200))
    preview = opened(encode_preview(image, 20, None))
    assert is_near(colour_at(preview, 9, 10)[:3], (255, 255, 255), 12)
