"""Damaged files of every format: a result or BadImage, nothing else."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images.engine import BadImage, Limits, probe
from images.engine.decode import decode
from images.engine.errors import SENTENCES
from tests.images.engine.pictures import corner, disc, saved, srgb_profile

VALID = {
    "PNG": saved(corner((24, 16)), icc_profile=srgb_profile()),
    "palette": saved(disc((24, 16)).quantize(8), transparency=0),
    "JPEG": saved(corner((24, 16)), "JPEG", dpi=(300, 300)),
    "CMYK": saved(disc((24, 16), "CMYK"), "JPEG"),
    "WEBP": saved(disc((24, 16), "RGBA"), "WEBP"),
    "GIF": saved(disc((24, 16)), "GIF"),
    "TIFF": saved(disc((24, 16)), "TIFF"),
    "deflated": saved(disc((24, 16)), "TIFF", compression="tiff_deflate"),
    "BMP": saved(disc((24, 16)), "BMP"),
    "AVIF": saved(disc((24, 16)), "AVIF"),
    "HEIF": saved(disc((24, 16)), "HEIF"),
}
# A header's lie about its size costs memory within the limits, so they are low here.
LIMITS = Limits(max_pixels=4_000_000)

places = st.floats(0, 1, exclude_max=True)
changes = st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)


def damaged(data: bytes, changed: list[tuple[float, int]], cut: float, doubled: float) -> bytes:
    """Some bytes changed, then the end cut off or a piece repeated."""
    result = bytearray(data)
    for place, value in changed:
        result[int(place * len(result))] = value
    if cut < 0.3:
        return bytes(result[: int(len(result) * cut / 0.3)])
    middle = int(doubled * len(result))
    return bytes(result[:middle] + result[max(0, middle - 20) :]) if cut > 0.8 else bytes(result)


def outcome(data: bytes) -> str:
    """The mode of the photo, or the code of the refusal; any other exception passes through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            probe(data, LIMITS)
            return decode(data).rgb.mode
        except BadImage as err:
            return err.code


@pytest.mark.parametrize("name", VALID)
@settings(max_examples=400, deadline=None, database=None, derandomize=True)
@given(changed=changes, cut=places, doubled=places)
def test_damaged_file(name: str, changed: list[tuple[float, int]], cut: float, doubled: float) -> None:
    assert outcome(damaged(VALID[name], changed, cut, doubled)) in {"RGB", *SENTENCES}


@pytest.mark.parametrize("name", VALID)
def test_undamaged_file(name: str) -> None:
    assert outcome(VALID[name]) == "RGB"
