"""What comes out is what went in, without its background: a matrix of made files.

Each file shows four bright patches on black; colours are compared as a screen would show them, after both
pictures went through their profiles. The patch that belongs top left shows any wrong turn.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from images.engine import Colours, Cutout, Format, Network, Options, remove_background
from tests.images.engine.codecs.test_probe import chunk
from tests.images.engine.pictures import colour_at, is_near, saved, srgb_profile, unzipped
from tests.images.engine.profiles import display_p3, odd_inks
from tests.images.engine.tiny import tiny_network

SIZE = (96, 64)
PATCHES = {
    (36, 24): (255, 160, 160),
    (60, 24): (160, 255, 160),
    (36, 40): (160, 160, 255),
    (60, 40): (255,) * 3,
}
_TURNS = Image.Transpose
# How a file of each EXIF orientation stores an upright picture.
STORED = {
    1: None,
    2: _TURNS.FLIP_LEFT_RIGHT,
    3: _TURNS.ROTATE_180,
    4: _TURNS.FLIP_TOP_BOTTOM,
    5: _TURNS.TRANSPOSE,
    6: _TURNS.ROTATE_90,
    7: _TURNS.TRANSVERSE,
    8: _TURNS.ROTATE_270,
}


@dataclass(frozen=True)
class Kind:
    """How to write a file: its mode, its format, and how far colours may be off."""

    mode: str
    write: Callable[[Image.Image, bytes, bytes | None], bytes]
    tolerance: int = 2
    profiles: tuple[bytes | None, ...] = field(default=(None,), repr=False)
    turns: bool = True


def pillow(format: str, **options: object) -> Callable[[Image.Image, bytes, bytes | None], bytes]:
    """A writer of (image, exif, profile); formats that know no EXIF are given none."""

    def write(image: Image.Image, exif: bytes, icc: bytes | None) -> bytes:
        known = {"exif": exif} if exif and format not in ("BMP", "GIF") else {}
        return saved(image, format, **known, **({"icc_profile": icc} if icc else {}), **options)

    return write


def see_through(image: Image.Image, exif: bytes, icc: bytes | None) -> bytes:
    """A palette whose black is transparent."""
    return pillow("PNG", transparency=image.getpixel((2, 2)))(image, exif, icc)


def packed(image: Image.Image, exif: bytes, icc: bytes | None) -> bytes:
    """Pillow's packed TIFF takes the orientation, and no other EXIF."""
    turn = Image.Exif()
    turn.load(exif)
    only = Image.Exif()
    only[0x112] = turn[0x112]
    return pillow("TIFF", compression="tiff_lzw")(image, only.tobytes(), icc)


def deep(suffix: str) -> Callable[[Image.Image, bytes, bytes | None], bytes]:
    """A writer of 16 bits a channel, which Pillow cannot write in colour."""

    def write(image: Image.Image, exif: bytes, icc: bytes | None) -> bytes:
        _, encoded = cv2.imencode(suffix, np.asarray(image, np.uint16)[..., ::-1] * 257)
        data = encoded.tobytes()
        if suffix != ".png":
            return data
        return data[:33] + chunk(b"eXIf", exif.removeprefix(b"Exif\0\0")) + data[33:]

    return write


RGB = (None, srgb_profile(), display_p3())
KINDS = {
    "JPEG": Kind("RGB", pillow("JPEG", quality=95, subsampling=0), 8, RGB),
    "JPEG grey": Kind("L", pillow("JPEG", quality=95), 6),
    "JPEG CMYK": Kind("CMYK", pillow("JPEG", quality=98, subsampling=0), 10, (None, odd_inks())),
    "PNG": Kind("RGB", pillow("PNG"), 2, RGB),
    "PNG alpha": Kind("RGBA", pillow("PNG"), 2, RGB),
    "PNG grey": Kind("L", pillow("PNG")),
    "PNG grey alpha": Kind("LA", pillow("PNG")),
    "PNG one bit": Kind("1", pillow("PNG")),
    "PNG palette": Kind("P", pillow("PNG"), 2, RGB),
    "PNG palette transparent": Kind("P", see_through, 2, RGB),
    "PNG 16 bit": Kind("RGB", deep(".png")),
    "PNG 16 bit grey": Kind("I;16", pillow("PNG")),
    "WebP": Kind("RGB", pillow("WEBP", lossless=True), 2, RGB),
    "WebP alpha": Kind("RGBA", pillow("WEBP", lossless=True), 2, RGB),
    "AVIF": Kind("RGB", pillow("AVIF", quality=95, subsampling="4:4:4"), 8, RGB),
    "HEIC": Kind("RGB", pillow("HEIF", quality=95), 12, RGB, turns=False),
    "TIFF": Kind("RGB", pillow("TIFF"), 2, RGB),
    "TIFF packed": Kind("RGBA", packed, 2, RGB),
    "TIFF CMYK": Kind("CMYK", pillow("TIFF"), 4, (None, odd_inks())),
    "TIFF 16 bit": Kind("RGB", deep(".tiff"), turns=False),
    "TIFF 16 bit grey": Kind("I;16", pillow("TIFF")),
    "BMP": Kind("RGB", pillow("BMP"), turns=False),
    "GIF": Kind("P", pillow("GIF"), turns=False),
}
MATRIX = [
    pytest.param(name, profile, turn, id=f"{name}-profile {number}-turn {turn}")
    for name, kind in KINDS.items()
    for number, profile in enumerate(kind.profiles)
    for turn in (STORED if kind.turns else (1,))
]


def marked(mode: str) -> Image.Image:
    image = Image.new("RGB", SIZE)
    for (x, y), colour in PATCHES.items():
        image.paste(colour, (x - 12, y - 8, x + 12, y + 8))
    if mode == "P":
        return image.quantize(8)
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257)
    return image.convert(mode)


def seen(image: Image.Image, icc: bytes | None) -> Image.Image:
    """As a screen shows it: RGB in sRGB."""
    if image.mode == "I;16":
        return Image.fromarray((np.asarray(image) // 257).astype(np.uint8)).convert("RGB")
    if icc is None:
        return image.convert("RGB")
    flat = image if image.mode == "CMYK" else image.convert("RGB")
    source, target = ImageCms.ImageCmsProfile(BytesIO(icc)), ImageCms.createProfile("sRGB")
    intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
    shown = ImageCms.profileToProfile(flat, source, target, intent, outputMode="RGB", flags=flags)
    assert shown is not None
    return shown


def exif(turn: int) -> bytes:
    """With a place and a camera that must not be passed on."""
    made = Image.Exif()
    made[0x112], made[0x010F] = turn, "Secret Camera"
    made.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return made.tobytes()


def written(name: str, profile: bytes | None, turn: int) -> bytes:
    image, stored = marked(KINDS[name].mode), STORED[turn]
    return KINDS[name].write(image if stored is None else image.transpose(stored), exif(turn), profile)


@cache
def network(folder: Path) -> Network:
    return tiny_network(folder)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Cutout]:
    folder = tmp_path_factory.mktemp("network")
    return lambda data, **options: remove_background(data, network(folder), Options(**options))


def check(result: Image.Image, expected: Image.Image, tolerance: int) -> None:
    assert result.size == SIZE
    shown = seen(result, result.info.get("icc_profile"))
    for x, y in PATCHES:
        found, wanted = colour_at(shown, x, y), colour_at(expected, x, y)
        assert is_near(found, wanted, tolerance), (x, y, found, wanted)


@pytest.mark.parametrize(("name", "profile", "turn"), MATRIX)
def test_every_kind_of_file(cut: Callable[..., Cutout], name: str, profile: bytes | None, turn: int) -> None:
    kind = KINDS[name]
    result = unzipped(cut(written(name, profile, turn)).data)
    check(result, seen(marked(kind.mode), profile), kind.tolerance)
    assert colour_at(result, 36, 24)[3] == 255
    assert colour_at(result, 2, 2) == (0, 0, 0, 0)
    # A profile of RGB goes with its colours; any other has done its work when they have become RGB.
    is_kept = profile is not None and kind.mode != "CMYK"
    assert result.info.get("icc_profile") == (profile if is_kept else None)


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("profile", RGB)
@pytest.mark.parametrize("colours", Colours)
def test_every_format_out(
    cut: Callable[..., Cutout], format: Format, profile: bytes | None, colours: Colours
) -> None:
    data = written("PNG", profile, 6)
    result = unzipped(cut(data, format=format, colours=colours).data)
    check(result, seen(marked("RGB"), profile), 14)
    is_kept = colours is Colours.KEEP
    assert result.info.get("icc_profile") == (profile if is_kept else None)


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP", "AVIF", "HEIC", "TIFF", "PNG 16 bit"])
def test_nothing_tells_where_it_was_taken(cut: Callable[..., Cutout], name: str, format: Format) -> None:
    source = written(name, None, 1)
    assert b"Secret" in source
    cutout = cut(source, format=format)
    for result in (cutout.data, cutout.preview, cutout.source_preview):
        assert b"Secret" not in result
        assert not unzipped(result).getexif()
        assert not {"exif", "xmp", "XML:com.adobe.xmp"} & set(unzipped(result).info)


@pytest.mark.parametrize("format", [Format.PNG, Format.JPEG, Format.ZIP])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_resolution_is_kept(cut: Callable[..., Cutout], kind: str, format: Format) -> None:
    result = unzipped(cut(saved(marked("RGB"), kind, dpi=(300, 300)), format=format).data)
    assert [round(float(value)) for value in result.info["dpi"]] == [300, 300]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_clipped(cut: Callable[..., Cutout], kind: str) -> None:
    ramp = np.zeros((64, 256), np.uint16)
    ramp[16:48] = np.linspace(30_000, 65_535, 256).astype(np.uint16)
    result = np.asarray(unzipped(cut(saved(Image.fromarray(ramp), kind)).data), np.int16)
    opaque = result[32, :, 3] == 255
    assert opaque.sum() > 200
    assert np.abs(result[32, :, 0] - ramp[32] // 257)[opaque].max() <= 1


def test_transparency_of_a_palette_is_multiplied_in(cut: Callable[..., Cutout]) -> None:
    image = marked("P")
    hidden = image.getpixel((36, 24))
    result = unzipped(cut(saved(image, transparency=hidden)).data)
    assert colour_at(result, 36, 24) == (0, 0, 0, 0)
    assert colour_at(result, 60, 40) == (255, 255, 255, 255)


def test_half_transparent_source_keeps_colour_and_cover(cut: Callable[..., Cutout]) -> None:
    source = marked("RGBA")
    source.putalpha(128)
    result = unzipped(cut(saved(source)).data)
    for (x, y), colour in PATCHES.items():
        assert colour_at(result, x, y) == (*colour, 128)


@pytest.mark.parametrize("colours", Colours)
def test_wide_colours_that_srgb_cannot_show(cut: Callable[..., Cutout], colours: Colours) -> None:
    image = Image.new("RGB", SIZE)
    image.paste((255, 0, 0), (24, 16, 72, 48))
    result = unzipped(cut(saved(image, icc_profile=display_p3()), colours=colours).data)
    assert is_near(colour_at(result, 48, 32)[:3], (255, 0, 0), 1)
