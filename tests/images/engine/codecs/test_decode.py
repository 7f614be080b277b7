import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from images.engine import BadImage
from images.engine.codecs.decode import decode
from tests.images.engine.pictures import colour_at, corner, disc, is_near, opened, saved, srgb_profile

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
EIGHTH_TURNS = {
    1: RED,
    2: GREEN,
    3: (255, 255, 255),
    4: BLUE,
    5: RED,
    6: BLUE,
    7: (255,) * 3,
    8: GREEN,
}


def grey_ramp(dtype: type, white: float) -> Image.Image:
    """From black on the left to white on the right, 256 pixels wide."""
    ramp = np.tile(np.linspace(0, white, 256), (4, 1))
    return Image.fromarray(ramp.astype(dtype))


def lab(image: Image.Image) -> Image.Image:
    target = ImageCms.createProfile("LAB")
    result = ImageCms.profileToProfile(image, ImageCms.createProfile("sRGB"), target, outputMode="LAB")
    assert result is not None
    return result


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    photo = decode(saved(corner((64, 48)), format, exif=exif))
    assert photo.size == ((64, 48) if orientation < 5 else (48, 64))
    assert is_near(colour_at(photo.rgb, 4, 4), EIGHTH_TURNS[orientation], 40)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_rgb_profile_is_kept(format: str) -> None:
    profile = srgb_profile()
    assert decode(saved(disc(), format, icc_profile=profile)).icc == profile


@pytest.mark.parametrize("profile", [b"rubbish", b"\0" * 200])
def test_broken_profile_counts_as_none(profile: bytes) -> None:
    assert decode(saved(disc(), icc_profile=profile)).icc is None


@pytest.mark.parametrize("mode", ["L", "LA", "CMYK"])
def test_profile_of_another_colour_space_counts_as_none(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert decode(saved(disc(mode=mode), kind, icc_profile=srgb_profile())).icc is None


@pytest.mark.parametrize(
    ("image", "format"),
    [
        (disc(mode="RGB"), "PNG"),
        (disc(mode="RGBA"), "PNG"),
        (disc().quantize(16), "PNG"),
        (disc().quantize(16), "GIF"),
        (disc(mode="CMYK"), "JPEG"),
        (disc(mode="CMYK"), "TIFF"),
        (disc(mode="YCbCr"), "JPEG"),
        (lab(disc()), "TIFF"),
        (disc(), "BMP"),
        (disc(), "AVIF"),
        (disc(), "HEIF"),
    ],
)
def test_colours_of_every_mode(image: Image.Image, format: str) -> None:
    photo = decode(saved(image, format))
    assert photo.rgb.mode == "RGB"
    assert is_near(colour_at(photo.rgb, 60, 40), (250, 220, 180), 12)
    assert is_near(colour_at(photo.rgb, 2, 2), (20, 30, 60), 12)


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_grey_becomes_rgb(mode: str) -> None:
    photo = decode(saved(disc(mode=mode)))
    assert photo.rgb.mode == "RGB"
    assert colour_at(photo.rgb, 60, 40) > colour_at(photo.rgb, 2, 2)


@pytest.mark.parametrize(
    ("dtype", "white", "format"),
    [
        (np.uint16, 65_535, "PNG"),
        (np.uint16, 65_535, "TIFF"),
        (np.int32, 65_535, "TIFF"),
        (np.int32, 2**31 - 1, "TIFF"),
        (np.float32, 1, "TIFF"),
        (np.float32, 1_000, "TIFF"),
    ],
)
def test_deep_grey_is_scaled_and_not_clipped(dtype: type, white: float, format: str) -> None:
    photo = decode(saved(grey_ramp(dtype, white), format))
    red = np.asarray(photo.rgb)[0, :, 0]
    assert np.abs(red.astype(int) - np.arange(256)).max() <= 1


def test_float_rubbish_does_not_disturb() -> None:
    ramp = np.asarray(grey_ramp(np.float32, 1)).copy()
    ramp[0, :2] = np.nan
    assert colour_at(decode(saved(Image.fromarray(ramp), "TIFF")).rgb, 255, 1) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        saved(disc().quantize(4), transparency=0),
        saved(disc().quantize(4), "GIF", transparency=0),
        saved(disc(), transparency=(20, 30, 60)),
        saved(disc(mode="L"), transparency=colour_at(disc(mode="L"), 0, 0)[0]),
    ],
)
def test_transparent_colour_becomes_alpha(data: bytes) -> None:
    alpha = decode(data).alpha
    assert alpha is not None
    assert alpha.getextrema() == (0, 255)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_alpha_is_kept(format: str) -> None:
    source = disc(mode="RGBA")
    source.putalpha(100)
    alpha = decode(saved(source, format)).alpha
    assert alpha is not None
    assert colour_at(alpha, 60, 40) == (100,)


def test_opaque_alpha_counts_as_none() -> None:
    assert decode(saved(disc(mode="RGBA"))).alpha is None


def test_hidden_colours_do_not_bleed_when_shrunk() -> None:
    source = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    source.paste((0, 0, 255, 255), (0, 0, 33, 64))
    small = decode(saved(source)).resized((8, 8), Image.Resampling.LANCZOS)
    assert colour_at(small, 4, 4)[:3] == (0, 0, 255)


@pytest.mark.parametrize(("given", "kept"), [((300, 300), (300, 300)), (None, None), ((0, 0), None)])
def test_dpi(given: tuple[int, int] | None, kept: tuple[int, int] | None) -> None:
    dpi = decode(saved(disc(), "PNG", dpi=given)).dpi
    assert (dpi and (round(dpi[0]), round(dpi[1]))) == kept


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "TIFF", "BMP", "HEIF"])
def test_file_that_breaks_off(format: str) -> None:
    data = saved(Image.effect_noise((200, 200), 80).convert("RGB"), format)
    with pytest.raises(BadImage) as caught:
        decode(data[: len(data) * 2 // 3])
    assert caught.value.code == "truncated"


def test_damage_in_the_middle() -> None:
    data = bytearray(saved(Image.effect_noise((200, 200), 80)))
    data[100:400] = bytes(300)
    with pytest.raises(BadImage) as caught:
        decode(bytes(data))
    assert caught.value.code == "damaged"
    assert caught.value.__cause__ is not None


def test_phone_photo_with_two_pictures_gives_the_first() -> None:
    data = saved(disc(), "MPO", save_all=True, append_images=[Image.new("RGB", (120, 80))])
    assert is_near(colour_at(decode(data).rgb, 60, 40), colour_at(opened(data), 60, 40))


@pytest.mark.parametrize(("level", "shown"), [(0, None), (99, 99)])
def test_bitmap_whose_fourth_byte_is_empty_is_opaque(level: int, shown: int | None) -> None:
    pixels = np.full((4, 6, 4), (10, 20, 30, level), np.uint8).tobytes()  # blue first
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    head = struct.pack("<IiiHHII16x", 124, 6, 4, 1, 32, 3, len(pixels)) + masks + b"sRGB" + bytes(64)
    photo = decode(b"BM" + struct.pack("<IHHI", 138 + len(pixels), 0, 0, 138) + head + pixels)
    assert photo.rgb.getpixel((0, 0)) == (30, 20, 10)
    assert (photo.alpha and photo.alpha.getpixel((0, 0))) == shown
