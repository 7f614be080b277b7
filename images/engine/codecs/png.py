"""A picture to PNG, written by OpenCV: it lets one filter be chosen for all rows, where Pillow tries five.

Measured on a cut-out of 18 MP, seconds and MB: Pillow at its fastest 0.63 and 11.3; here the filter “up”
0.34 and 11.0, “sub” 0.35 and 11.2, “average” 0.36 and 11.2, “Paeth” 0.46 and 11.3.
"""

import struct
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.codecs.deep import Depth
from images.engine.tiles import for_each

_STRIP_ROWS = 256
_OPTIONS = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP]
_HEAD_BYTES = 8 + 25  # the signature and the first chunk, IHDR
_METRES_PER_INCH = 0.0254


def encode_png(
    image: Image.Image, icc: bytes | None, dpi: tuple[float, float] | None, depth: Depth | None = None
) -> bytes:
    """RGB or RGBA to bytes, with the profile and the resolution where they are given; with `depth`, sixteen
    bits a value."""
    _, encoded = cv2.imencode(".png", _reversed_channels(image, depth), _OPTIONS)
    return with_facts(encoded.tobytes(), icc, dpi)


def with_facts(png: bytes, icc: bytes | None, dpi: tuple[float, float] | None) -> bytes:
    """The same file with a profile and a resolution, where they are given; it has neither yet."""
    return b"".join([png[:_HEAD_BYTES], _profile(icc), _resolution(dpi), png[_HEAD_BYTES:]])


def _reversed_channels(image: Image.Image, depth: Depth | None) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(H, W, 3 or 4), blue first. In strips, since a second copy of 50 megapixels is 200 MB."""
    width, height = image.size
    code = cv2.COLOR_RGBA2BGRA if image.mode == "RGBA" else cv2.COLOR_RGB2BGR
    pixels = np.empty((height, width, len(image.getbands())), np.uint16 if depth else np.uint8)

    def reverse(top: int) -> None:
        bottom = min(top + _STRIP_ROWS, height)
        strip = depth.rows(image, top, bottom) if depth else np.asarray(image.crop((0, top, width, bottom)))
        cv2.cvtColor(strip, code, dst=pixels[top : top + len(strip)])

    for_each(reverse, range(0, height, _STRIP_ROWS))
    return pixels


def _profile(icc: bytes | None) -> bytes:
    return _chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(icc)) if icc else b""


def _resolution(dpi: tuple[float, float] | None) -> bytes:
    if dpi is None:
        return b""
    across, down = (round(value / _METRES_PER_INCH) for value in dpi)
    return _chunk(b"pHYs", struct.pack(">IIB", across, down, 1))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
