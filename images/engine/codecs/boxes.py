"""The boxes of AVIF and HEIC (ISO/IEC 14496-12): how the picture is coded, which part of it is seen, and what
its colours mean."""

import re
import struct
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from typing import BinaryIO

from images.engine.codecs.spaces import Space, from_cicp
from images.engine.tiles import Box

# A file's description stands before its pixels; photos of phones have some kilobytes of it.
_LONGEST_META, _MOST_BOXES = 4_000_000, 10_000
# More than any file has; streams fail in ways of their own when they shall go on by 2 to the power of 63.
_LONGEST_BOX = 2**40


def space_of(stream: BinaryIO) -> Space | None:
    """What nclx says of the primary picture; None for sRGB, and where it says nothing."""
    for kind, content in properties(stream):
        if kind == b"colr" and content[:4] == b"nclx" and len(content) >= 11:
            primaries, transfer = struct.unpack_from(">HH", content, 4)
            return from_cicp(primaries, transfer)  # the decoder has seen to the range
    return None


def clean_aperture(stream: BinaryIO, size: tuple[int, int]) -> Box | None:
    """The part of the primary picture that is meant to be seen, before any turn: encoders fill what is coded
    up to whole blocks. None for all of it, and where what is said makes no sense. `size` is of what is coded.
    """
    for kind, content in properties(stream):
        if kind == b"clap" and len(content) >= 32:
            across, down = struct.unpack_from(">IIII", content), struct.unpack_from(">iIiI", content, 16)
            spans = _span(size[0], across[:2], down[:2]), _span(size[1], across[2:], down[2:])
            if spans[0] and spans[1] and (spans[0][1] - spans[0][0], spans[1][1] - spans[1][0]) != size:
                return spans[0][0], spans[1][0], spans[0][1], spans[1][1]
    return None


def _span(side: int, length: tuple[int, ...], offset: tuple[int, ...]) -> tuple[int, int] | None:
    """From where to where, by a length and how far its middle lies off that of the side."""
    if not length[1] or not offset[1]:
        return None
    extent = Fraction(*length)
    start = (side - extent) / 2 + Fraction(*offset)
    is_whole = extent.denominator == start.denominator == 1
    return (int(start), int(start + extent)) if is_whole and extent > 0 <= start <= side - extent else None


def coding_of(stream: BinaryIO) -> bytes:
    """The four letters of how the pictures, or the tiles of one, are coded; empty where nothing tells."""
    kinds = [kind for kind, _ in _described(_meta(stream))[0]]
    return next((_CODINGS[kind] for kind in kinds if kind in _CODINGS), b"")


_CODINGS = {
    b"hvcC": b"hvc1",
    b"av1C": b"av01",
    b"avcC": b"avc1",
    b"vvcC": b"vvc1",
    b"jpgC": b"jpeg",
    b"j2kH": b"j2k1",
    b"uncC": b"unci",
}


def without_exif(data: bytes) -> bytes:
    """The file with its EXIF under a name that nobody reads; which way is up is said elsewhere, by `irot`."""
    meta = _meta(BytesIO(data))
    place = data.find(meta)
    return data[:place] + _EXIF_ITEM.sub(rb"\1free", meta) + data[place + len(meta) :]


# An entry of the list of items: its version, flags, number (of two bytes or four), protection and kind.
_EXIF_ITEM = re.compile(rb"(infe(?:\x02.{7}|\x03.{9}))Exif", re.DOTALL)


def properties(stream: BinaryIO) -> list[tuple[bytes, bytes]]:
    """Kind and content of each property of the primary picture, of all pictures where none is named."""
    meta = _meta(stream)
    every, associations = _described(meta)
    primary = dict(_boxes(meta, 4)).get(b"pitm", b"")
    if len(primary) < 6:
        return every
    number = int.from_bytes(primary[4:6] if primary[0] == 0 else primary[4:8], "big")
    own = _associated(associations, number)
    return [every[index - 1] for index in own if 0 < index <= len(every)] or every


def _described(meta: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The properties of all pictures, and whose they are."""
    shared = dict(_boxes(dict(_boxes(meta, 4)).get(b"iprp", b""), 0))
    return list(_boxes(shared.get(b"ipco", b""), 0)), shared.get(b"ipma", b"")


def _meta(stream: BinaryIO) -> bytes:
    """The content of the file's meta box, wherever it stands."""
    stream.seek(0)
    for _ in range(_MOST_BOXES):
        head = stream.read(8)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        taken = 8
        if length == 1:
            length, taken = int.from_bytes(stream.read(8), "big"), 16
        if kind == b"meta":
            return stream.read(min(max(length - taken, 0), _LONGEST_META))
        if not taken <= length <= _LONGEST_BOX:
            break
        stream.seek(length - taken, 1)
    return b""


def _boxes(data: bytes, place: int) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(_MOST_BOXES):
        if place + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, place)
        if length < 8:
            return
        yield kind, data[place + 8 : place + length]
        place += length


def _associated(ipma: bytes, wanted: int) -> list[int]:
    """The numbers, from 1, of the properties of one picture."""
    if len(ipma) < 8:
        return []
    is_long, is_wide = ipma[0] > 0, ipma[3] & 1
    place, width = 8, 2 if is_wide else 1
    for _ in range(min(int.from_bytes(ipma[4:8], "big"), _MOST_BOXES)):
        number = int.from_bytes(ipma[place : place + (4 if is_long else 2)], "big")
        place += 4 if is_long else 2
        count = ipma[place] if place < len(ipma) else 0
        entries = ipma[place + 1 : place + 1 + count * width]
        if number == wanted:
            masks = 0x7FFF if is_wide else 0x7F
            pairs = [entries[i : i + width] for i in range(0, len(entries), width)]
            return [int.from_bytes(pair, "big") & masks for pair in pairs]
        place += 1 + count * width
    return []
