import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from images.engine.codecs.deep import Depth
from images.engine.codecs.png import encode_png
from tests.images.engine.pictures import deep_values, opened, srgb_profile


def noise(width: int, height: int, mode: str) -> Image.Image:
    shape = (height, width) if mode == "L" else (height, width, len(mode))
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, shape, np.uint8))


def chunks(data: bytes) -> list[str]:
    names, position = [], 8
    while position < len(data):
        length, name = struct.unpack(">I4s", data[position : position + 8])
        names.append(name.decode())
        position += length + 12
    return names


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (20_000, 3), (3, 20_000), (301, 257), (64, 512), (64, 513)])
def test_not_a_pixel_changes(mode: str, size: tuple[int, int]) -> None:
    image = noise(*size, mode)
    read = opened(encode_png(image, None, None))
    assert (read.mode, read.size) == (mode, size)
    assert read.tobytes() == image.tobytes()


def test_profile_and_resolution_are_found_by_readers() -> None:
    read = opened(encode_png(noise(5, 4, "RGBA"), srgb_profile(), (300, 72)))
    assert read.info["icc_profile"] == srgb_profile()
    assert [round(value, 1) for value in read.info["dpi"]] == [300, 72]


def test_nothing_else_is_written() -> None:
    bare, full = (encode_png(noise(5, 4, "RGB"), *facts) for facts in ((None, None), (b"icc", (72, 72))))
    assert set(chunks(bare)) == {"IHDR", "IDAT", "IEND"}
    assert set(chunks(full)) == {"IHDR", "iCCP", "pHYs", "IDAT", "IEND"}


def test_the_picture_is_left_as_it_was() -> None:
    image = noise(40, 30, "RGBA")
    encode_png(image, None, None)
    assert image.tobytes() == noise(40, 30, "RGBA").tobytes()


@pytest.mark.parametrize("size", [(1, 1), (301, 257), (33, 700)])
def test_every_checksum_is_right(size: tuple[int, int]) -> None:
    data = encode_png(noise(*size, "RGBA"), srgb_profile(), (72, 72))
    stream, place = b"", 8
    while place < len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length)[0] == zlib.crc32(name + content)
        stream += content if name == b"IDAT" else b""
        place += length + 12
    unpacker = zlib.decompressobj()
    assert len(unpacker.decompress(stream)) == size[1] * (size[0] * 4 + 1)
    assert (unpacker.eof, unpacker.unused_data) == (True, b"")


def test_sixteen_bits_in_strips() -> None:
    values = np.random.default_rng(2).integers(0, 65_536, (600, 37, 3), np.uint16)
    kept = Image.new("L", (37, 600), 255)
    data = encode_png(noise(37, 600, "RGB"), None, None, Depth(values, kept))
    assert np.array_equal(deep_values(data), values)
