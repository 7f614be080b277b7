"""Profiles that say more than how to convert colours."""

import struct
import zlib

import pytest
from PIL import Image

from images.engine import Format
from images.engine.codecs.colour import in_cmyk, to_srgb
from images.engine.codecs.decode import decode
from images.engine.codecs.encode import encode
from images.engine.codecs.icc import LONGEST_PROFILE, stripped
from images.engine.codecs.png_chunks import chunk
from tests.images.engine.pictures import disc, saved, srgb_profile
from tests.images.engine.profiles import cmyk_profile, display_p3, linear_grey, odd_inks

OWNER = b"52.5 N 13.4 E, Jane Doe"
PROFILES = {
    "sRGB": srgb_profile(),
    "Display P3": display_p3(),
    "inks": cmyk_profile(),
    "odd inks": odd_inks(),
    "greys": linear_grey(),
}


def parts_of(icc: bytes) -> list[tuple[bytes, int, int]]:
    """Name, place and length of each."""
    count = int.from_bytes(icc[128:132], "big")
    return list(struct.iter_unpack(">4sII", icc[132 : 132 + 12 * count]))


def with_list(icc: bytes, parts: list[tuple[bytes, int, int]], behind: bytes = b"") -> bytes:
    """The profile with another list of parts, and more at its end. Places are those before the list grew."""
    moved = 12 * (len(parts) - len(parts_of(icc)))
    entries = b"".join(struct.pack(">4sII", name, at + moved, length) for name, at, length in parts)
    rest = icc[132 + 12 * len(parts_of(icc)) :] + behind
    made = icc[:128] + len(parts).to_bytes(4, "big") + entries + rest
    return len(made).to_bytes(4, "big") + made[4:]


def with_part(icc: bytes, name: bytes, content: bytes) -> bytes:
    return with_list(icc, [*parts_of(icc), (name, len(icc), len(content))], content)


@pytest.mark.parametrize("name", PROFILES)
def test_sound_profile_stays_as_it_is(name: str) -> None:
    assert stripped(PROFILES[name]) == PROFILES[name]


@pytest.mark.parametrize("name", [b"dmdd", b"dmnd", b"vued", b"targ", b"meta", b"mmod", b"vcgt", b"Own "])
def test_part_that_no_conversion_reads_is_left_out(name: bytes) -> None:
    icc = with_part(srgb_profile(), name, b"text\0\0\0\0" + OWNER)
    assert stripped(icc) == srgb_profile()


@pytest.mark.parametrize(
    "icc",
    [
        srgb_profile() + OWNER,
        with_list(srgb_profile(), parts_of(srgb_profile()), OWNER),
        srgb_profile()[:100] + OWNER + srgb_profile()[100 + len(OWNER) :],
        srgb_profile()[:24] + b"on that day." + srgb_profile()[36:],
        srgb_profile()[:84] + b"hash of that one" + srgb_profile()[100:],
    ],
)
def test_what_stands_beside_the_parts_is_left_out(icc: bytes) -> None:
    assert stripped(icc) == srgb_profile()


@pytest.mark.parametrize("size", [0, 1, 127, 131, len(srgb_profile()) + 1, LONGEST_PROFILE + 1, 2**32 - 1])
def test_length_that_cannot_be(size: int) -> None:
    assert stripped(size.to_bytes(4, "big") + srgb_profile()[4:]) is None


def test_longer_than_anybody_needs() -> None:
    icc = srgb_profile() + bytes(LONGEST_PROFILE)
    assert stripped(icc) == srgb_profile()
    assert stripped(len(icc).to_bytes(4, "big") + icc[4:]) is None


@pytest.mark.parametrize("length", [0, 3, 4, 127, 128, 131])
def test_profile_that_breaks_off(length: int) -> None:
    assert stripped(srgb_profile()[:length]) is None


@pytest.mark.parametrize("count", [101, 65_536, 2**32 - 1])
def test_far_too_many_parts(count: int) -> None:
    icc = srgb_profile()[:128] + count.to_bytes(4, "big") + srgb_profile()[132:] + bytes(2_000)
    assert stripped(len(icc).to_bytes(4, "big") + icc[4:]) is None


def test_parts_that_lie_on_each_other_do_not_make_many_megabytes() -> None:
    names = [way + digit for way in (b"A2B", b"B2A", b"D2B") for digit in (b"0", b"1", b"2", b"3")]
    parts = [(name, 400, 3_000_000 + i) for i, name in enumerate(names)]
    assert stripped(with_list(srgb_profile(), parts, bytes(3_500_000))) is None


@pytest.mark.parametrize(("at", "length"), [(2**32 - 1, 100), (100_000, 4), (200, 2**32 - 1)])
def test_part_outside_the_profile_is_none(at: int, length: int) -> None:
    parts = [*parts_of(srgb_profile()), (b"A2B0", at - 12, length)]
    assert stripped(with_list(srgb_profile(), parts)) == srgb_profile()


def test_colours_are_converted_as_before() -> None:
    icc = with_part(display_p3(), b"mmod", OWNER)
    inks = stripped(with_part(cmyk_profile(), b"targ", OWNER))
    assert to_srgb(disc(), icc).tobytes() == to_srgb(disc(), display_p3()).tobytes()
    assert inks is not None
    assert in_cmyk(disc(), icc, inks).tobytes() == in_cmyk(disc(), display_p3(), cmyk_profile()).tobytes()


PADDED = with_part(display_p3(), b"Own ", OWNER) + OWNER + bytes(6_000_000)


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_nothing_about_the_owner_goes_on(format: str) -> None:
    photo = decode(saved(disc(), format, icc_profile=PADDED))
    assert photo.icc == display_p3()
    for each in (Format.JPEG, Format.WEBP, Format.AVIF, Format.ZIP):
        made = encode(photo.rgb, each, photo.icc, None)
        assert OWNER not in made
        assert len(made) < 20_000


def test_nothing_about_the_owner_goes_on_from_a_png() -> None:
    icc = with_part(display_p3(), b"Own ", OWNER) + OWNER
    data = saved(disc())
    photo = decode(data[:33] + chunk(b"iCCP", b"x\0\0" + zlib.compress(icc)) + data[33:])
    assert photo.icc == display_p3()


def test_profile_without_its_curves_is_passed_over() -> None:
    icc = with_list(srgb_profile(), [])
    red = Image.new("RGB", (1, 1), (255, 0, 0))
    assert to_srgb(red, icc).tobytes() == red.tobytes()
