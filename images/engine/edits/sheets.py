"""What the studio shows of a photo, in one file: its colours in squares at every size, and its alpha.

The page loads the squares that it shows and no others, so that fifty megapixels need no more memory than
one screen. The colours are those of the cut-out where that is visible, and the photo's own elsewhere: what a
brush brings back is there already. They are in sRGB, as canvases are.
"""

import gzip
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from images.engine.codecs.colour import to_srgb
from images.engine.tiles import Bytes, squares

SIDE = 512
ALPHA_SIDE = 256
_MAGIC = b"BBGS1\n"
_HEAD = struct.Struct(">6sI")
_STRIP_ROWS = 512
_LEAST_WEIGHT = 24


@dataclass(frozen=True, slots=True)
class Index:
    """`levels` from full size down, each (width, height, offsets); a square ends where the next begins.
    `source` is the alpha that the photo itself came with, where it did."""

    size: tuple[int, int]
    levels: tuple[tuple[int, int, tuple[int, ...]], ...]
    alpha: tuple[int, int]
    source: tuple[int, int] | None = None

    def place(self, level: int, number: int) -> tuple[int, int]:
        """First byte and length of one square. Raises LookupError."""
        if level < 0 or number < 0:
            raise LookupError
        offsets = self.levels[level][2]
        return offsets[number], offsets[number + 1] - offsets[number]


def build(
    photo: Image.Image, cutout: Image.Image, icc: bytes | None, source: Image.Image | None = None
) -> bytes:
    """From the upright RGB photo and its RGBA cut-out, both in the colours of `icc`; `source` is the photo's
    own alpha."""
    output, levels = BytesIO(), []
    colours, alpha = photo.copy(), cutout.getchannel("A")
    colours.paste(cutout.convert("RGB"), mask=alpha.point([0] + [255] * 255))
    weight = alpha
    while True:
        levels.append(_level(colours, icc, output))
        if max(colours.size) <= SIDE:
            break
        colours, weight = _halved(colours, weight)
    facts = {"size": photo.size, "levels": levels, "alpha": _written(alpha, output)}
    if source is not None:
        facts["source"] = _written(source, output)
    head = json.dumps(facts, separators=(",", ":")).encode()
    return _HEAD.pack(_MAGIC, len(head)) + head + output.getvalue()


def _written(alpha: Image.Image, output: BytesIO) -> list[int]:
    """Its first byte and its length."""
    start = output.tell()
    output.write(packed_alpha(np.asarray(alpha)))
    return [start, output.tell() - start]


def read_index(read: Callable[[int, int], bytes]) -> Index:
    """Of a file of which `read` gives so many bytes from an offset."""
    magic, length = _HEAD.unpack(read(0, _HEAD.size))
    if magic != _MAGIC:
        raise ValueError("no sheet of the studio")
    facts, start = json.loads(read(_HEAD.size, length)), _HEAD.size + length
    levels = tuple((w, h, tuple(start + offset for offset in offsets)) for w, h, offsets in facts["levels"])
    (alpha, size), source = facts["alpha"], facts.get("source")
    own = (start + source[0], source[1]) if source else None
    return Index(tuple(facts["size"]), levels, (start + alpha, size), own)


def packed_alpha(alpha: Bytes) -> bytes:
    """gzip: for each square of ALPHA_SIDE a byte, 0 for all transparent, 1 for all solid, and 2 before its
    levels, row by row, with zeros outside of the picture."""
    output = BytesIO()
    with gzip.GzipFile(fileobj=output, mode="wb", compresslevel=1, mtime=0) as file:
        for left, top, right, bottom in squares((alpha.shape[1], alpha.shape[0]), ALPHA_SIDE):
            file.write(_packed_square(alpha[top:bottom, left:right]))
    return output.getvalue()


def _packed_square(levels: Bytes) -> bytes:
    first = levels[0, 0]
    if first in (0, 255) and (levels == first).all():
        return b"\1" if first else b"\0"
    square = np.zeros((ALPHA_SIDE, ALPHA_SIDE), np.uint8)
    square[: levels.shape[0], : levels.shape[1]] = levels
    return b"\2" + square.tobytes()


def unpacked_alpha(data: bytes, size: tuple[int, int]) -> Bytes:
    """uint8 (H, W), writable."""
    content, at, area = gzip.decompress(data), 0, ALPHA_SIDE * ALPHA_SIDE
    alpha = np.zeros((size[1], size[0]), np.uint8)
    for left, top, right, bottom in squares(size, ALPHA_SIDE):
        kind, at = content[at], at + 1
        if kind == 1:
            alpha[top:bottom, left:right] = 255
        elif kind == 2:
            square = np.frombuffer(content, np.uint8, area, at).reshape(ALPHA_SIDE, ALPHA_SIDE)
            alpha[top:bottom, left:right] = square[: bottom - top, : right - left]
            at += area
    return alpha


def changed_squares(before: Bytes, after: Bytes) -> bytes:
    """gzip: the squares that differ, each its number (32 bits, big end first) before the bytes above."""
    output = BytesIO()
    with gzip.GzipFile(fileobj=output, mode="wb", compresslevel=1, mtime=0) as file:
        boxes = squares((after.shape[1], after.shape[0]), ALPHA_SIDE)
        for number, (left, top, right, bottom) in enumerate(boxes):
            new = after[top:bottom, left:right]
            if not np.array_equal(new, before[top:bottom, left:right]):
                file.write(struct.pack(">I", number) + _packed_square(new))
    return output.getvalue()


def _level(colours: Image.Image, icc: bytes | None, output: BytesIO) -> tuple[int, int, list[int]]:
    offsets = []
    for box in squares(colours.size, SIDE):
        offsets.append(output.tell())
        square = to_srgb(colours.crop(box), icc)
        square.save(output, "JPEG", quality=92, subsampling=0, icc_profile=b"")
    return colours.width, colours.height, [*offsets, output.tell()]


def _halved(colours: Image.Image, weight: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Half as large; where something is visible, its colours alone: no background bleeds into the edges."""
    small, visible = colours.reduce(2), weight.reduce(2)
    for top in range(0, colours.height, _STRIP_ROWS):
        box = (0, top, colours.width, min(top + _STRIP_ROWS, colours.height))
        strip = colours.crop(box)
        strip.putalpha(weight.crop(box))
        mixed = strip.convert("RGBa").reduce(2).convert("RGBA")
        # Of less than this nothing is left of a colour in eight bits.
        shown = mixed.getchannel("A").point([0] * _LEAST_WEIGHT + [255] * (256 - _LEAST_WEIGHT))
        small.paste(mixed.convert("RGB"), (0, top // 2), shown)
    return small, visible
