"""Colours by numbers: the values that H.273 and its companions define."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from images.engine.codecs.boxes import coding_of, space_of
from images.engine.codecs.decode import decode
from images.engine.codecs.spaces import Space, converter, from_cicp, from_gamma, profile
from tests.images.engine.codecs.test_png_chunks import chunk, with_chunks
from tests.images.engine.pictures import disc, is_near, saved
from tests.images.engine.profiles import display_p3

SRGB, P3, BT2020 = 1, 12, 9
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
LINEAR, SRGB_CURVE, TELEVISION, PQ, HLG = 8, 13, 1, 16, 18
P3_PLACES = (0.3127, 0.3290, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)


def in_srgb(colour: tuple[int, int, int], space: Space, brightest: float = 1) -> tuple[int, ...]:
    pixels = np.array([[colour]], np.uint8)
    return tuple(int(value) for value in converter(space, 1, brightest)(pixels).ravel())


def by_profile(colour: tuple[int, int, int], space: Space) -> tuple[int, ...]:
    source = ImageCms.ImageCmsProfile(BytesIO(profile(space)))
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB", _INTENT)
    return tuple(transform.apply(Image.new("RGB", (1, 1), colour)).tobytes())


def space(primaries: int, transfer: int, is_full_range: bool = True) -> Space:
    found = from_cicp(primaries, transfer, is_full_range)
    assert found is not None
    return found


@pytest.mark.parametrize("transfer", [1, 2, 6, 13, 14, 15])
def test_curves_of_screens_and_television_are_srgb(transfer: int) -> None:
    assert from_cicp(SRGB, transfer) is None


@pytest.mark.parametrize("primaries", [4, 5, 6, 9, 11, 12, 22])
@pytest.mark.parametrize("colour", [(200, 120, 90), (90, 130, 120), (255, 255, 255), (0, 0, 0)])
def test_profile_says_the_same_as_the_conversion(primaries: int, colour: tuple[int, int, int]) -> None:
    described = space(primaries, SRGB_CURVE)
    assert is_near(by_profile(colour, described), in_srgb(colour, described), 2)


def test_known_colour_of_display_p3() -> None:
    source = ImageCms.ImageCmsProfile(BytesIO(display_p3()))
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB", _INTENT)
    expected = tuple(transform.apply(Image.new("RGB", (1, 1), (204, 102, 51))).tobytes())
    assert is_near(in_srgb((204, 102, 51), space(P3, SRGB_CURVE)), expected, 1)


@pytest.mark.parametrize(("value", "shown"), [(0, 0), (55, 128), (128, 188), (255, 255)])
def test_linear_light(value: int, shown: int) -> None:
    assert is_near(in_srgb((value,) * 3, space(SRGB, LINEAR)), (shown,) * 3, 1)


def test_white_of_pq_is_white_where_nothing_is_brighter() -> None:
    # 203 nits, white of a graphic by BT.2408, is the value 0.5807.
    assert is_near(in_srgb((148,) * 3, space(BT2020, PQ), brightest=148 / 255), (255,) * 3, 2)


def test_highlights_of_pq_are_kept_apart() -> None:
    shown = [in_srgb((value,) * 3, space(BT2020, PQ))[0] for value in (120, 140, 148, 156, 164)]
    assert shown == sorted(set(shown))
    assert shown[2] < 252
    assert shown[0] == pytest.approx(in_srgb((120,) * 3, space(BT2020, PQ), 0.5)[0], abs=1)


def test_three_quarters_of_hlg_are_white() -> None:
    assert is_near(in_srgb((191,) * 3, space(BT2020, HLG), brightest=0.75), (255,) * 3, 3)


def test_colours_of_pq_keep_their_hue() -> None:
    red, green, blue = in_srgb((150, 130, 120), space(BT2020, PQ))
    assert red > green > blue


def test_narrow_range() -> None:
    narrow = space(SRGB, SRGB_CURVE, is_full_range=False)
    assert in_srgb((16, 126, 235), narrow) == (0, 128, 255)


@pytest.mark.parametrize(
    ("gamma", "places", "expected"),
    [
        (0, (), None),
        (0.45455, (), None),
        (0.45, (), None),
        (0.45455, (*P3_PLACES[:2], 0.64, 0.33, 0.3, 0.6, 0.15, 0.06), None),
        (1.0, (), 1.0),
        (0.5, P3_PLACES, 2.0),
        (float(0), P3_PLACES, 0),
        (0.00001, (), None),
        (0, (0.3, 0.0, *P3_PLACES[2:]), None),
        (0, (*P3_PLACES[:2], *(0.3, 0.3) * 3), None),
    ],
)
def test_gamma_and_primaries(gamma: float, places: tuple[float, ...], expected: float | None) -> None:
    found = from_gamma(gamma, places)
    assert (found and found.gamma) == expected


def nclx(primaries: int, transfer: int, data: bytes) -> bytes:
    """The file with other codes of colour."""
    place = data.index(b"nclx") + 4
    return data[:place] + bytes((0, primaries, 0, transfer)) + data[place + 4 :]


def linear_disc() -> Image.Image:
    light = {250: 244, 220: 183, 180: 117, 20: 2, 30: 3, 60: 12}
    return disc().point([light.get(value, value) for value in range(256)] * 3)


@pytest.mark.parametrize("format", ["AVIF", "HEIF"])
def test_linear_light_by_nclx(format: str) -> None:
    data = nclx(SRGB, LINEAR, saved(linear_disc(), format, quality=98))
    assert is_near(decode(data).rgb.getpixel((60, 40)), (250, 220, 180), 6)  # type: ignore[arg-type]


@pytest.mark.parametrize("format", ["AVIF", "HEIF"])
def test_display_p3_by_nclx_goes_on_as_a_profile(format: str) -> None:
    photo = decode(nclx(P3, SRGB_CURVE, saved(disc(), format)))
    assert photo.icc is not None
    assert space_of(BytesIO(nclx(P3, SRGB_CURVE, saved(disc(), format)))) == space(P3, SRGB_CURVE)


@pytest.mark.parametrize("format", ["AVIF", "HEIF"])
def test_plain_files_are_srgb(format: str) -> None:
    assert space_of(BytesIO(saved(disc(), format))) is None
    assert coding_of(BytesIO(saved(disc(), format))) in (b"av01", b"hvc1")


@pytest.mark.parametrize("data", [b"", b"\0\0\0\1ftypavif", b"\0\0\0\x0cmeta\0\0\0\0", b"\xff" * 80])
def test_boxes_of_rubbish_say_nothing(data: bytes) -> None:
    assert space_of(BytesIO(data)) is None
    assert coding_of(BytesIO(data)) == b""


def test_pq_by_code_in_a_png() -> None:
    photo = decode(
        with_chunks(
            chunk(b"cICP", bytes((BT2020, PQ, 0, 1))), data=saved(Image.new("RGB", (9, 9), (148,) * 3))
        )
    )
    assert photo.icc is None
    assert is_near(photo.rgb.getpixel((4, 4)), (255,) * 3, 2)  # type: ignore[arg-type]
