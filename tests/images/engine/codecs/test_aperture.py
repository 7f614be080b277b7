"""Encoders fill what is coded up to whole blocks, and say what of it is to be seen (AVIF's `clap`)."""

import struct

import numpy as np
import pytest

from images.engine import probe
from images.engine.codecs.decode import decode
from images.engine.errors import ImageTooLarge
from images.engine.options import Limits
from tests.images.engine.codecs.test_orientation import exif
from tests.images.engine.pictures import corner, saved

_SIZE = (60, 40)
# Width, height, how far the middle lies to the right and below that of what is coded: (40, 30) of (60, 40).
_LENGTHS = (40, 1, 30, 1)
_AT_THE_CORNER = (*_LENGTHS, -10, 1, -5, 1)


def clipped(numbers: tuple[int, ...], **more: bytes) -> bytes:
    """An AVIF file with a clean aperture, which is as long as the profile in whose place it stands."""
    rubbish = b"p" * 28
    data = saved(corner(_SIZE), "AVIF", icc_profile=rubbish, **more)
    said = b"clap" + b"".join(struct.pack(">i" if number < 0 else ">I", number) for number in numbers)
    assert data.count(b"colrprof" + rubbish) == 1
    # Decoders take none that may be passed over: its number, the fourth, gets the bit that says so.
    return data.replace(b"colrprof" + rubbish, said).replace(b"\1\2\x83\4\5", b"\1\2\x83\x84\5")


@pytest.mark.parametrize(
    ("offsets", "left", "top"), [((-10, 1, -5, 1), 0, 0), ((0, 1, 0, 1), 10, 5), ((20, 2, 10, 2), 20, 10)]
)
def test_only_what_is_meant_to_be_seen_is(offsets: tuple[int, ...], left: int, top: int) -> None:
    whole = decode(saved(corner(_SIZE), "AVIF"))
    data = clipped((*_LENGTHS, *offsets))
    photo, facts = decode(data), probe(data)
    assert photo.size == (facts.width, facts.height) == (40, 30)
    seen = whole.rgb.crop((left, top, left + 40, top + 30))
    assert np.array_equal(np.asarray(photo.rgb), np.asarray(seen))


def test_it_is_clipped_before_it_is_turned() -> None:
    data = clipped(_AT_THE_CORNER, exif=exif(6))
    assert decode(data).size == (probe(data).width, probe(data).height) == (30, 40)


@pytest.mark.parametrize(
    "numbers",
    [
        (60, 1, 40, 1, 0, 1, 0, 1),
        (61, 1, 40, 1, 0, 1, 0, 1),
        (40, 0, 30, 1, 0, 1, 0, 1),
        (40, 1, 30, 1, 0, 0, 0, 1),
        (0, 1, 0, 1, 0, 1, 0, 1),
        (41, 1, 30, 1, 0, 1, 0, 1),
        (81, 2, 30, 1, 0, 1, 0, 1),
        (40, 1, 30, 1, -11, 1, 0, 1),
        (40, 1, 30, 1, 0, 1, 6, 1),
        (2**32 - 1, 2**32 - 1, 2**32 - 1, 1, -(2**31), 1, 0, 1),
    ],
)
def test_what_makes_no_sense_clips_nothing(numbers: tuple[int, ...]) -> None:
    data = clipped(numbers)
    assert decode(data).size == (probe(data).width, probe(data).height) == _SIZE


def test_what_is_coded_counts_for_limits() -> None:
    with pytest.raises(ImageTooLarge):
        probe(clipped(_AT_THE_CORNER), Limits(max_pixels=2000))
