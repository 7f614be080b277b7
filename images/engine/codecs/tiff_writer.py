"""A picture to TIFF: 8 or 16 bits, RGB, RGBA or CMYK, with profile and resolution.

Pillow writes no 16 bits of more than one band and OpenCV no profile, so this does: baseline TIFF 6.0, little
endian, in strips that are differences of neighbours, deflated.
"""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

_STRIP_ROWS = 64
_HANDS = 2
_SHORT, _LONG, _RATIONAL, _UNDEFINED = 3, 4, 5, 7
_SIZES = {_SHORT: 2, _LONG: 4, _RATIONAL: 8, _UNDEFINED: 1}
_DEFLATE, _DIFFERENCES = 8, 2
_RGB, _CMYK = 2, 5
_UNASSOCIATED = 2  # colour not multiplied by alpha
_INCH = 2


def encode_tiff(
    pixels: Pixels, icc: bytes | None, dpi: tuple[float, float] | None, *, is_cmyk: bool = False
) -> bytes:
    """(H, W, 3) as RGB, (H, W, 4) as RGBA or as CMYK; uint8 or uint16."""
    tops = range(0, len(pixels), _STRIP_ROWS)
    with ThreadPoolExecutor(max_workers=_HANDS) as pool:
        strips = list(pool.map(lambda top: _packed(pixels[top : top + _STRIP_ROWS]), tops))
    offsets, position = [], 8
    for strip in strips:
        offsets.append(position)
        position += len(strip)
    tags = _tags(pixels, is_cmyk, dpi)
    tags |= {273: (_LONG, _longs(offsets)), 279: (_LONG, _longs([len(strip) for strip in strips]))}
    if icc:
        tags[34675] = (_UNDEFINED, icc)
    start = position + position % 2
    return b"".join(
        [struct.pack("<2sHI", b"II", 42, start), *strips, b"\0" * (start - position), _directory(tags, start)]
    )


def _packed(strip: Pixels) -> bytes:
    differences = strip.copy()
    differences[:, 1:] -= strip[:, :-1]
    return zlib.compress(differences.tobytes(), 1)


def _tags(pixels: Pixels, is_cmyk: bool, dpi: tuple[float, float] | None) -> dict[int, tuple[int, bytes]]:
    height, width, bands = pixels.shape
    tags = {
        256: (_LONG, _longs([width])),
        257: (_LONG, _longs([height])),
        258: (_SHORT, struct.pack(f"<{bands}H", *[pixels.itemsize * 8] * bands)),
        259: (_SHORT, struct.pack("<H", _DEFLATE)),
        262: (_SHORT, struct.pack("<H", _CMYK if is_cmyk else _RGB)),
        277: (_SHORT, struct.pack("<H", bands)),
        278: (_LONG, _longs([_STRIP_ROWS])),
        284: (_SHORT, struct.pack("<H", 1)),
        317: (_SHORT, struct.pack("<H", _DIFFERENCES)),
    }
    if bands == 4 and not is_cmyk:
        tags[338] = (_SHORT, struct.pack("<H", _UNASSOCIATED))
    if dpi:
        tags |= {282: (_RATIONAL, _rational(dpi[0])), 283: (_RATIONAL, _rational(dpi[1]))}
        tags[296] = (_SHORT, struct.pack("<H", _INCH))
    return tags


def _directory(tags: dict[int, tuple[int, bytes]], start: int) -> bytes:
    """Entries in the order of their numbers; what is longer than four bytes lies behind them."""
    end = start + 2 + 12 * len(tags) + 4
    entries, behind = [struct.pack("<H", len(tags))], b""
    for number, (kind, content) in sorted(tags.items()):
        count = len(content) // _SIZES[kind]
        if len(content) <= 4:
            value = content.ljust(4, b"\0")
        else:
            value = struct.pack("<I", end + len(behind))
            behind += content + b"\0" * (len(content) % 2)
        entries.append(struct.pack("<HHI", number, kind, count) + value)
    return b"".join([*entries, struct.pack("<I", 0), behind])


def _longs(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _rational(number: float) -> bytes:
    fraction = Fraction(number).limit_denominator(1000)
    return struct.pack("<II", fraction.numerator, fraction.denominator)
