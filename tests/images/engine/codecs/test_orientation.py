import struct

import numpy as np
import pytest
from PIL import Image

from images.engine import probe
from images.engine.codecs.decode import decode
from images.engine.codecs.orientation import orientation, upright, upright_pixels
from tests.images.engine.pictures import colour_at, corner, is_near, saved

BYTE, SHORT, LONG = 1, 3, 4
XMP = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def exif(value: int, kind: int = SHORT, count: int = 1, order: str = "<", tag: int = 0x112) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    written = struct.pack(order + ("I" if kind == LONG else "HH"), value, *([] if kind == LONG else [0]))
    entry = struct.pack(order + "HHI", tag, kind, count) + written
    head = b"Exif\0\0" + mark + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "H", 1) + entry + bytes(4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(1, 9))
def test_orientation_as_the_standard_writes_it(order: str, value: int) -> None:
    assert orientation(exif(value, order=order)) == value


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"Exif\0\0",
        b"rubbish",
        exif(6, LONG),
        exif(6, BYTE),
        exif(6, count=2),
        exif(0),
        exif(9),
        exif(6, tag=0x111),
        exif(6)[:20],
        b"Exif\0\0II*\0\xff\xff\xff\xff",
    ],
)
def test_anything_else_is_upright(data: bytes | None) -> None:
    assert orientation(data) == 1


@pytest.mark.parametrize("kind", [LONG, SHORT])
def test_number_of_the_wrong_type_turns_nothing(kind: int) -> None:
    data = saved(corner((60, 40)), "JPEG", exif=exif(6, kind))
    assert (probe(data).width, decode(data).size[0]) == ((60, 60) if kind == LONG else (40, 40))


def test_orientation_of_xmp_alone_turns_nothing() -> None:
    data = saved(corner((60, 40)), "JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", len(XMP) + 2) + XMP
    data = data[:2] + segment + data[2:]
    assert (probe(data).width, decode(data).size[0]) == (60, 60)


@pytest.mark.parametrize("turn", range(1, 9))
def test_deep_pixels_turn_as_pictures_do(turn: int) -> None:
    image = corner((6, 4))
    values = np.asarray(image).astype(np.uint16)
    assert np.array_equal(upright_pixels(values, turn), np.asarray(upright(image, turn)))
    assert isinstance(upright(image, turn), Image.Image)


@pytest.mark.filterwarnings("ignore")  # Pillow's, of what it passes over
@pytest.mark.parametrize(
    "rubbish", [b"garbage", b"", b"II*\0\xff\xff\xff\x7f", b"MM\0*\0\0\0\x08\0\x01\x01\x12"]
)
@pytest.mark.parametrize("turn", [1, 6])
def test_avif_whose_exif_is_damaged_is_turned_by_its_own_word(rubbish: bytes, turn: int) -> None:
    camera = Image.Exif()
    camera[0x10F], camera[0x112] = "Maker of cameras", turn
    data = saved(corner((60, 40)), "AVIF", exif=camera)
    place = data.rindex(b"Exif\0\0") + 6
    data = data[:place] + rubbish.ljust(30, b"\0") + data[place + 30 :]
    photo = decode(data)
    assert (probe(data).width, photo.size[0]) == ((60, 60) if turn == 1 else (40, 40))
    assert is_near(colour_at(photo.rgb, 4, 4), (255, 0, 0) if turn == 1 else (0, 0, 255), 40)
