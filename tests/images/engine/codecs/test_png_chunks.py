"""What stands around the pixels of a PNG: read where it means something, passed over where it is broken."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from images.engine import BadImage, probe
from images.engine.codecs.decode import decode
from images.engine.codecs.png_chunks import SIGNATURE, chunk, picture, read_facts
from tests.images.engine.pictures import corner, deep_png, disc, is_near, saved, srgb_profile
from tests.images.engine.profiles import linear_grey


def with_chunks(*extra: bytes, data: bytes | None = None, is_behind: bool = False) -> bytes:
    data = data or saved(disc())
    place = len(data) - 12 if is_behind else 33
    return data[:place] + b"".join(extra) + data[place:]


WRONG_SUM = chunk(b"tEXt", b"Comment\0hello")[:-1] + b"?"
PROFILE = b"name\0\0"
ODD_CHUNKS = {
    "comment with a wrong checksum": WRONG_SUM,
    "camera data that are none": chunk(b"tEXt", b"Raw profile type exif\0\nexif\n       4\nzz45\n"),
    "camera data with letters": chunk(b"eXIf", b"no exif at all"),
    "huge profile": chunk(b"iCCP", PROFILE + zlib.compress(bytes(100_000_000), 1)),
    "profile that does not unpack": chunk(b"iCCP", PROFILE + b"rubbish"),
    "profile that breaks off": chunk(b"iCCP", PROFILE + zlib.compress(srgb_profile())[:200]),
    "text that does not unpack": chunk(b"zTXt", PROFILE + b"rubbish"),
    "unknown": chunk(b"xyZz", b"?"),
    "resolution too short": chunk(b"gAMA", b"?"),
    "primaries of nothing": chunk(b"cHRM", bytes(32)),
    "colours by an unknown code": chunk(b"cICP", b"\xff\xff\0\1"),
}


@pytest.mark.parametrize("name", ODD_CHUNKS)
@pytest.mark.parametrize("is_behind", [False, True])
def test_pixels_are_there_whatever_stands_around_them(name: str, is_behind: bool) -> None:
    data = with_chunks(ODD_CHUNKS[name], is_behind=is_behind)
    assert probe(data).width == 120
    photo = decode(data)
    assert photo.rgb.tobytes() == disc().tobytes()
    assert photo.icc is None


@pytest.mark.parametrize("cut", [1, 4, 8, 12, 13, 16])
def test_file_without_its_end(cut: int) -> None:
    data = saved(disc())[:-cut]
    assert probe(data).width == 120
    assert decode(data).rgb.tobytes() == disc().tobytes()


def test_pixels_that_break_off_do() -> None:
    data = saved(Image.effect_noise((200, 200), 80).convert("RGB"))
    with pytest.raises(BadImage) as caught:
        decode(data[: len(data) * 2 // 3])
    assert caught.value.code == "truncated"


@pytest.mark.parametrize("name", [b"IHDR", b"PLTE"])
def test_checksum_of_what_makes_the_picture_counts(name: bytes) -> None:
    data = bytearray(saved(disc().quantize(8)))
    place = data.index(name)
    length = struct.unpack_from(">I", data, place - 4)[0]
    data[place + 4 + length] ^= 1
    with pytest.raises(BadImage) as caught:
        probe(bytes(data))
    assert caught.value.code == "damaged"


def test_only_what_makes_the_picture_goes_to_the_decoder() -> None:
    data = with_chunks(
        WRONG_SUM, chunk(b"tEXt", b"a\0b"), chunk(b"pHYs", struct.pack(">IIB", 3_937, 3_937, 1))
    )
    bare = picture(data, read_facts(BytesIO(data)))
    assert b"tEXt" not in bare
    assert decode(data).dpi == pytest.approx((100, 100), abs=0.1)


def test_broken_comment_in_a_deep_picture() -> None:
    values = np.random.default_rng(3).integers(0, 65_536, (20, 30, 3), np.uint16)
    photo = decode(with_chunks(WRONG_SUM, data=deep_png(values)))
    assert np.array_equal(photo.deep, values)  # type: ignore[arg-type]


@pytest.mark.parametrize("samples", [1, 3, 4])
def test_all_sixteen_bits_are_read(samples: int) -> None:
    values = np.random.default_rng(3).integers(0, 65_536, (20, 30, samples), np.uint16)
    photo = decode(deep_png(values if samples > 1 else values[..., 0]))
    assert photo.deep is not None
    assert np.array_equal(photo.deep, np.repeat(values, 3, axis=2) if samples == 1 else values)
    assert np.abs(np.asarray(photo.rgb) * 257.0 - photo.deep[..., :3]).max() <= 129


@pytest.mark.parametrize("hidden", [0, 1, 513, 65_535])
def test_transparent_grey_of_sixteen_bits_is_told_from_its_neighbours(hidden: int) -> None:
    values = np.full((20, 30), 40_000, np.uint16)
    values[:, :10], values[:, 10:20] = hidden, hidden ^ 1
    data = with_chunks(chunk(b"tRNS", struct.pack(">H", hidden)), data=deep_png(values))
    alpha = decode(data).alpha
    assert alpha is not None
    assert [alpha.getpixel((x, 5)) for x in (5, 15, 25)] == [0, 255, 255]


def test_transparent_colour_of_sixteen_bits() -> None:
    values = np.full((20, 30, 3), 40_000, np.uint16)
    values[:, :10], values[:, 10:20] = (1, 2, 3), (1, 2, 4)
    data = with_chunks(chunk(b"tRNS", struct.pack(">3H", 1, 2, 3)), data=deep_png(values))
    alpha = decode(data).alpha
    assert alpha is not None
    assert [alpha.getpixel((x, 5)) for x in (5, 15, 25)] == [0, 255, 255]


def linear(image: Image.Image) -> Image.Image:
    """As programs write light itself: what gAMA 1 says."""
    values = np.asarray(image, np.float64) / 255
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return Image.fromarray(np.rint(light * 255).astype(np.uint8))


GAMMA_1 = chunk(b"gAMA", struct.pack(">I", 100_000))
GAMMA_SRGB = chunk(b"gAMA", struct.pack(">I", 45_455))
SRGB_CHUNK = chunk(b"sRGB", b"\0")
SRGB_PLACES = chunk(
    b"cHRM", struct.pack(">8I", 31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)
)
P3_PLACES = chunk(b"cHRM", struct.pack(">8I", 31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000))


@pytest.mark.parametrize("places", [b"", SRGB_PLACES])
def test_linear_light_becomes_srgb(places: bytes) -> None:
    photo = decode(with_chunks(GAMMA_1, places, data=saved(linear(disc()))))
    assert photo.icc is None
    assert is_near(photo.rgb.getpixel((60, 40)), (250, 220, 180), 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("more", [[], [GAMMA_SRGB], [GAMMA_SRGB, SRGB_PLACES], [SRGB_CHUNK, GAMMA_1]])
def test_srgb_however_it_is_said_changes_nothing(more: list[bytes]) -> None:
    photo = decode(with_chunks(*more))
    assert photo.icc is None
    assert photo.rgb.tobytes() == disc().tobytes()


def test_wider_primaries_go_on_as_a_profile() -> None:
    photo = decode(with_chunks(GAMMA_SRGB, P3_PLACES))
    assert photo.icc is not None
    assert photo.rgb.tobytes() == disc().tobytes()


def test_profile_comes_before_gamma_and_code_before_profile() -> None:
    profile = chunk(b"iCCP", PROFILE + zlib.compress(srgb_profile()))
    assert decode(with_chunks(profile, GAMMA_1)).icc == srgb_profile()
    photo = decode(with_chunks(chunk(b"cICP", bytes((1, 13, 0, 1))), profile, GAMMA_1))
    assert photo.icc is None
    assert photo.rgb.tobytes() == disc().tobytes()


def test_linear_light_of_sixteen_bits_keeps_them() -> None:
    values = np.repeat(np.arange(0, 65_536, 8, dtype=np.uint16)[None, :, None], 3, axis=2)
    photo = decode(with_chunks(GAMMA_1, data=deep_png(values)))
    assert photo.deep is not None
    assert len(np.unique(photo.deep)) > 6_000
    assert photo.deep[0, 4_096, 0] == pytest.approx(0.735 * 65_535, abs=100)


def test_orientation_in_a_comment_is_not_one() -> None:
    turned = Image.Exif()
    turned[0x112] = 6
    raw = turned.tobytes().hex()
    comment = chunk(b"tEXt", f"Raw profile type exif\0\nexif\n{len(raw) // 2:8}\n{raw}\n".encode())
    assert probe(with_chunks(comment, data=saved(corner((60, 40))))).width == 60


def few_bits(levels: list[int], bits: int, *extra: bytes) -> bytes:
    """One row of greys with so many bits each."""
    header = struct.pack(">IIBBBBB", len(levels), 1, bits, 0, 0, 0, 0)
    row = "".join(f"{level:0{bits}b}" for level in levels)
    packed = int(row.ljust(-(-len(row) // 8) * 8, "0"), 2).to_bytes(-(-len(row) // 8), "big")
    pixels = chunk(b"IDAT", zlib.compress(b"\0" + packed))
    return b"".join([SIGNATURE, chunk(b"IHDR", header), *extra, pixels, chunk(b"IEND", b"")])


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("of_other_bits", [0, 0x100])
def test_transparent_grey_of_every_depth(bits: int, of_other_bits: int) -> None:
    highest = 2**bits - 1
    for level in {0, 1, highest // 2, highest}:
        mark = chunk(b"tRNS", struct.pack(">H", level + of_other_bits))
        photo = decode(few_bits([level, level ^ 1, level], bits, mark))
        assert photo.alpha is not None
        assert photo.alpha.tobytes() == bytes((0, 255, 0))
        assert photo.rgb.getpixel((0, 0)) == (level * 255 // highest,) * 3


def one_grey(level: int, bits: int, *, has_alpha: bool, icc: bytes) -> bytes:
    """A PNG of one pixel, half transparent if it has alpha; `level` is the first byte of the grey."""
    kind, width = (4 if has_alpha else 0), bits // 8
    header = struct.pack(">IIBBBBB", 1, 1, bits, kind, 0, 0, 0)
    row = b"\0" + bytes([level]) * width + (b"\x80" * width if has_alpha else b"")
    chunks = (b"IHDR", header), (b"iCCP", PROFILE + zlib.compress(icc)), (b"IDAT", zlib.compress(row))
    return SIGNATURE + b"".join(chunk(*each) for each in chunks) + chunk(b"IEND", b"")


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_profile_of_greys_counts_with_alpha_and_without(bits: int, has_alpha: bool) -> None:
    photo = decode(one_grey(0x40, bits, has_alpha=has_alpha, icc=linear_grey()))
    assert photo.icc is None
    assert is_near(photo.rgb.getpixel((0, 0)), (137, 137, 137), 1)  # type: ignore[arg-type]
    assert (photo.alpha and photo.alpha.getpixel((0, 0))) == (0x80 if has_alpha else None)
    assert (photo.deep is not None) == (bits == 16)


def test_transparent_grey_beside_an_alpha_says_nothing() -> None:
    mark = chunk(b"tRNS", b"\x40\x40\x80\x80")
    data = one_grey(0x40, 16, has_alpha=True, icc=linear_grey())
    photo = decode(with_chunks(mark, data=data))
    assert photo.alpha is not None
    assert photo.alpha.getpixel((0, 0)) == 0x80
