from io import BytesIO

import pytest
from PIL import Image, ImageCms

from images.engine.codecs.colour import from_srgb, to_srgb, usable_profile
from tests.images.engine.pictures import colour_at, is_near, srgb_profile


def swapped_profile() -> bytes:
    """An RGB profile whose primaries are not those of sRGB: its red and its blue change places."""
    data = bytearray(srgb_profile())
    count = int.from_bytes(data[128:132], "big")
    entries = {bytes(data[i : i + 4]): i for i in range(132, 132 + 12 * count, 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    data[red + 4 : red + 12], data[blue + 4 : blue + 12] = (
        data[blue + 4 : blue + 12],
        data[red + 4 : red + 12],
    )
    return bytes(data)


def lab_profile() -> bytes:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    return made[:24] + bytes(12) + made[36:]  # without its date


@pytest.mark.parametrize(
    ("icc", "mode", "is_usable"),
    [
        (srgb_profile(), "RGB", True),
        (srgb_profile(), "CMYK", False),
        (srgb_profile(), "L", False),
        (lab_profile(), "LAB", True),
        (lab_profile(), "RGB", False),
        (b"rubbish", "RGB", False),
        (b"", "RGB", False),
        (None, "RGB", False),
    ],
)
def test_profile_has_to_fit_the_mode(icc: bytes | None, mode: str, is_usable: bool) -> None:
    assert usable_profile(icc, mode) == (icc if is_usable else None)


def test_conversion_follows_the_profile() -> None:
    red = Image.new("RGB", (2, 2), (255, 0, 0))
    assert is_near(colour_at(to_srgb(red, swapped_profile()), 0, 0), (0, 0, 255))


def test_without_a_profile_nothing_changes() -> None:
    red = Image.new("RGB", (2, 2), (255, 0, 0))
    assert colour_at(to_srgb(red, None), 0, 0) == (255, 0, 0)


def test_profile_without_tables_counts_as_none() -> None:
    data = bytearray(srgb_profile())
    data[128:132] = bytes(4)  # no tags left
    assert colour_at(to_srgb(Image.new("RGB", (1, 1), (9, 8, 7)), bytes(data)), 0, 0) == (9, 8, 7)
    assert from_srgb((9, 8, 7), bytes(data)) == (9, 8, 7)


def test_background_looks_as_chosen_in_the_photo_s_colours() -> None:
    inside = from_srgb((0, 0, 255), swapped_profile())
    assert is_near(inside, (255, 0, 0))


def test_background_is_plain_srgb_without_a_profile() -> None:
    assert from_srgb((1, 2, 3), None) == (1, 2, 3)


def test_made_profile_is_a_sound_one() -> None:
    profile = ImageCms.ImageCmsProfile(BytesIO(swapped_profile()))
    assert profile.profile.xcolor_space == "RGB "
