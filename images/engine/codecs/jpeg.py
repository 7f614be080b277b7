"""What Pillow's JPEG reader cannot say: which kind a file is of, and whether all its pixels are there."""

import struct
from io import BytesIO

from PIL import Image, ImageChops

_END = b"\xff\xd9"
# Start of frame: baseline, extended and progressive (Huffman), lossless, the arithmetic ones, and JPEG-LS.
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
_UNKNOWN = {0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xF7}
_ALONE = {0x01, *range(0xD0, 0xD9)}
_MOST_MARKERS = 10_000
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
