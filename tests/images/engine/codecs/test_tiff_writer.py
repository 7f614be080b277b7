"""TIFF as others read it."""

from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from images.engine.codecs.tiff_writer import encode_tiff
from tests.images.engine.edits.pictures import picture, rendered, sources
from tests.images.engine.pictures import opened, srgb_profile


def _noise(bands: int, kind: type) -> np.ndarray:
    return np.random.default_rng(0).integers(0, np.iinfo(kind).max, (131, 67, bands)).astype(kind)


@pytest.mark.parametrize("bands", [3, 4])
def test_eight_bits(bands: int) -> None:
    pixels = _noise(bands, np.uint8)
    made = opened(encode_tiff(pixels, srgb_profile(), (300, 150)))
    assert np.array_equal(np.asarray(made), pixels)
    assert made.info["icc_profile"] == srgb_profile()
    assert tuple(map(float, made.info["dpi"])) == (300, 150)


@pytest.mark.parametrize("bands", [3, 4])
def test_sixteen_bits(bands: int) -> None:
    pixels = _noise(bands, np.uint16)
    read: Any = cv2.imdecode(np.frombuffer(encode_tiff(pixels, None, None), np.uint8), cv2.IMREAD_UNCHANGED)
    order = [2, 1, 0, 3][:bands]
    assert read.dtype == np.uint16
    assert np.array_equal(read[..., order], pixels)


def test_inks() -> None:
    made = opened(encode_tiff(_noise(4, np.uint8), None, None, is_cmyk=True))
    assert made.mode == "CMYK"


def test_of_an_edit() -> None:
    made = picture(sources(dpi=(300, 300)), output={"format": "tiff"})
    assert made.format == "TIFF"
    assert made.getpixel((250, 200)) == (200, 30, 20, 255)
    assert made.getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize("format", ["png", "tiff"])
def test_sixteen_bits_of_an_edit(format: str) -> None:
    data = rendered(ground={"kind": "colour"}, output={"format": format, "bits": 16}).data
    read: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read.dtype == np.uint16
    assert read[0, 0].tolist() == [65535] * 3
    assert read[200, 250].tolist() == [20 * 257, 30 * 257, 200 * 257]


def test_sixteen_bits_of_the_photo_stay() -> None:
    deep = np.zeros((40, 60, 4), np.uint16)
    deep[10:30, 20:40] = (1001, 2002, 3003, 65535)
    file = cv2.imencode(".png", deep)[1].tobytes()
    made_from = sources(Image.new("RGBA", (1, 1)))
    made_from.cutout_file = lambda: file
    place = {"crop": "subject", "margins": {"left": 3, "unit": "px"}}
    data = rendered(made_from, place=place, output={"bits": 16}).data
    read: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read.shape == (20, 23, 4)
    assert read[5, 5].tolist() == [1001, 2002, 3003, 65535]
    assert read[5, 1].tolist() == [0, 0, 0, 0]
