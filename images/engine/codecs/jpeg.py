"""What Pillow's JPEG reader cannot say: which kind a file is of, and whether all its pixels are there."""

import struct
from io import SEEK_CUR, BytesIO
from typing import BinaryIO

from PIL import Image, ImageChops
from PIL.JpegImagePlugin import MARKER

_END = b"\xff\xd9"
# Start of frame: baseline, extended and progressive (Huffman), lossless, the arithmetic ones, and JPEG-LS.
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
_UNKNOWN = {0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xF7}
_ALONE = {0x01, *range(0xD0, 0xD9)}
_MOST_MARKERS = 10_000
# Up to the pixels: markers, and bytes that belong to none. Half as many markers take Pillow 0.1 s.
_MOST_LOOSE_BYTES = 100_000
# Pillow joins pieces of EXIF one after the other, and copies each time what it has: 64 of 64 kB are 130 MB.
_MOST_EXIF_PIECES = 64
_EXIF, _EXIF_START, _SCAN = 0xE1, b"Exif\0\0", 0xDA
_WITH_CONTENT = {marker & 0xFF for marker, (_, _, read) in MARKER.items() if read}
# Bytes that decode to something else than the zeros which a decoder makes up at the end of a file.
_NOISE = bytes(value * 89 % 251 for value in range(1, 4_000))


def is_unsupported(data: bytes) -> bool:
    """Whether a sound JPEG is of a kind that nobody here decodes: not 8 bits, in a hierarchy, or JPEG-LS."""
    frame = _frame(data)
    if frame is None:
        return False
    marker, bits, components = frame
    return bits != 8 or marker in _UNKNOWN or components not in (1, 3, 4)


def _frame(data: bytes) -> tuple[int, int, int] | None:
    """Marker, bits a value and number of components."""
    place = 2
    for _ in range(_MOST_MARKERS):
        while data[place : place + 1] == b"\xff" and data[place + 1 : place + 2] == b"\xff":
            place += 1
        if place + 4 > len(data) or data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker in _ALONE:
            place += 2
            continue
        if marker in _FRAMES and place + 10 <= len(data):
            return marker, data[place + 4], data[place + 9]
        place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    return None


def is_too_long_to_open(stream: BinaryIO) -> bool:
    """Whether so many things stand before the pixels of a JPEG that Pillow takes ages to open it.

    From marker to marker as Pillow goes, which passes over anything between them: else a file could show
    one thing here and another thing there.
    """
    stream.seek(2)
    pieces, is_marker = 0, False
    for _ in range(_MOST_LOOSE_BYTES):
        byte = stream.read(1)
        if not byte or (is_marker and byte[0] == _SCAN):
            return False
        if is_marker and byte[0] in _WITH_CONTENT:
            pieces += _skip_content(stream) == _EXIF_START and byte[0] == _EXIF
            if pieces > _MOST_EXIF_PIECES:
                return True
        is_marker = byte == b"\xff"
    return True


def _skip_content(stream: BinaryIO) -> bytes:
    """Its first bytes."""
    length = int.from_bytes(stream.read(2), "big") - 2
    start = stream.read(max(0, min(length, len(_EXIF_START))))
    stream.seek(max(0, length - len(start)), SEEK_CUR)
    return start


def completed(data: bytes) -> Image.Image | None:
    """The picture of a file that lacks its last marker; None if pixels are missing too.

    Where they are missing, what follows the file's last byte shows in the picture.
    """
    kept = data.rstrip(b"\xff")
    pictures = []
    for filling in (b"", _NOISE):
        image = Image.open(BytesIO(kept + filling + _END), formats=("JPEG",))
        image.load()
        pictures.append(image)
    is_same = ImageChops.difference(*pictures).getbbox() is None
    return pictures[0] if is_same else None
