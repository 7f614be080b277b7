"""A picture in layers, as image programs open it (Photoshop's format, version 1).

libtiff does the work: its PackBits is PSD's, and with one row for each strip, its table of strip lengths is
PSD's table of row lengths. Measured at 18 MP: 0.25 s a channel, where a loop over rows in Python takes 3.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import SEEK_END, BytesIO
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np
from PIL import Image

from images.engine.errors import ImageTooLarge

LONGEST_SIDE = 30_000
_MOST_BYTES = 2**31 - 1
_HANDS = 2
_RAW, _RLE = b"\0\0", b"\0\1"
# Of so few pixels that are as the one before, packing makes no less.
_WORTH_PACKING = 0.3
_STRIP_ROWS, _SAMPLED = 256, 97
_HIDDEN = 0b10
_RESOLUTION, _ICC = 1005, 1039
# Written with a sign and sixteen bits behind the point.
_MOST_DPI = 32_767
_STRIP_OFFSETS, _STRIP_BYTES = 273, 279
_CHUNK = 1 << 20

# The channels of a layer, by the numbers that PSD gives them; a mask is what an image program can repaint.
COLOURS, ALPHA, MASK = (0, 1, 2), -1, -2


@dataclass(frozen=True, slots=True)
class PsdLayer:
    """So many pixels, with the top left one at (left, top) of the whole. `channel` gives one of `kinds` when
    its turn comes: an L image of that size, or the one level that it has everywhere. So no layer has to be
    there as a whole.
    """

    name: str
    size: tuple[int, int]
    channel: Callable[[int], Image.Image | int]
    kinds: tuple[int, ...] = COLOURS
    left: int = 0
    top: int = 0
    is_visible: bool = True


@dataclass(frozen=True, slots=True)
class _Packed:
    """One channel: how it is packed, with two bytes for each packed row that say how long that is, and a file
    with the rows from `start`."""

    head: bytes
    file: BinaryIO
    start: int
    length: int

    def __len__(self) -> int:
        return len(self.head) + self.length

    def copy_rows(self, target: BinaryIO) -> None:
        with self.file:
            self.file.seek(self.start)
            copyfileobj(self.file, target, _CHUNK)


def write_psd(
    file: BinaryIO,
    layers: Sequence[PsdLayer],
    merged: Image.Image,
    icc: bytes | None = None,
    dpi: tuple[float, float] | None = None,
) -> None:
    """Layers from the lowest to the topmost, and the RGB or RGBA picture that they make, into an empty file.

    Raises ImageTooLarge. Each channel is packed on its own and goes into the file at once: all of them beside
    each other would be more than what they are made from.
    """
    _check(merged)
    bands = len(merged.getbands())
    file.write(struct.pack(">4sH6xHIIHH", b"8BPS", 1, bands, merged.height, merged.width, 8, 3))
    file.write(_long(b"") + _long(_resources(icc, dpi)))
    with ThreadPoolExecutor(max_workers=_HANDS) as pool:
        _write_layers(file, pool, layers, has_alpha=merged.mode == "RGBA")
        # All of its channels are packed in the same way.
        packed = list(pool.map(partial(_packed, partial(_on_white, merged), merged.size), range(bands)))
    file.write(_RLE + b"".join(band.head.removeprefix(_RLE) for band in packed))
    for band in packed:
        band.copy_rows(file)
    if file.tell() > _MOST_BYTES:
        raise ImageTooLarge("too_long_for_format", _too_long(merged))


def _write_layers(
    file: BinaryIO, pool: ThreadPoolExecutor, layers: Sequence[PsdLayer], *, has_alpha: bool
) -> None:
    """How long each channel is stands before the first of them: a place is kept, and filled in at the end."""
    start = file.tell()
    records = partial(_records, layers, has_alpha=has_alpha)
    file.write(bytes(8) + records([[0] * len(layer.kinds) for layer in layers]))
    lengths: list[list[int]] = []
    for layer in layers:
        packed = pool.map(partial(_kept, layer.channel, layer.size), layer.kinds)
        lengths.append(_written(file, packed))
    file.write(b"\0" * (-(file.tell() - start - 8) % 4))
    length = file.tell() - start - 8
    file.write(_long(b""))
    file.seek(start)
    file.write(struct.pack(">II", length + 8, length) + records(lengths))
    file.seek(0, SEEK_END)


def _written(file: BinaryIO, channels: Iterable[_Packed]) -> list[int]:
    lengths = []
    for packed in channels:
        lengths.append(len(packed))
        file.write(packed.head)
        packed.copy_rows(file)
    return lengths


def _check(merged: Image.Image) -> None:
    if max(merged.size) > LONGEST_SIDE:
        raise ImageTooLarge("too_long_for_format", _too_long(merged))


def _too_long(merged: Image.Image) -> dict[str, object]:
    return {"format": "PSD", "limit": LONGEST_SIDE, "width": merged.width, "height": merged.height}


def _kept(channel: Callable[[int], Image.Image | int], size: tuple[int, int], kind: int) -> _Packed:
    """As it is where packing would gain nothing, as of most photos."""
    band = channel(kind)
    if isinstance(band, int) or not _is_grainy(band):
        return _packed(lambda _kind: band, size, kind)
    file = TemporaryFile()  # noqa: SIM115 (closed by who copies it)
    for top in range(0, band.height, _STRIP_ROWS):
        file.write(band.crop((0, top, band.width, min(top + _STRIP_ROWS, band.height))).tobytes())
    return _Packed(_RAW, file, 0, band.width * band.height)


def _is_grainy(band: Image.Image) -> bool:
    """Whether few pixels are as the one before; some rows speak for all."""
    rows = [np.asarray(band.crop((0, y, band.width, y + 1)))[0] for y in range(0, band.height, _SAMPLED)]
    same = [np.count_nonzero(row[1:] == row[:-1]) for row in rows]
    return bool(sum(same) < _WORTH_PACKING * len(rows) * (band.width - 1))


def _packed(channel: Callable[[int], Image.Image | int], size: tuple[int, int], kind: int) -> _Packed:
    band = channel(kind)
    if isinstance(band, int):
        return _plain(size, band)
    lowest, highest = band.getextrema()
    if lowest == highest:
        return _plain(size, int(lowest))  # type: ignore[arg-type]
    file = TemporaryFile()  # noqa: SIM115 (closed by who copies it)
    band.save(file, "TIFF", compression="packbits", strip_size=band.width)
    file.seek(0)
    with Image.open(file, formats=("TIFF",)) as written:
        tags = written.tag_v2  # type: ignore[attr-defined]
        starts, counts = tags[_STRIP_OFFSETS], tags[_STRIP_BYTES]
    end = starts[-1] + counts[-1]
    file.truncate(end)
    return _Packed(_RLE + np.asarray(counts, ">u2").tobytes(), file, starts[0], end - starts[0])


def _on_white(merged: Image.Image, band: int) -> Image.Image:
    """As the format wants it where the picture is transparent: readers take the white off again."""
    levels = merged.getchannel(band)
    if merged.mode != "RGBA" or band == merged.getbands().index("A"):
        return levels
    return Image.composite(levels, Image.new("L", merged.size, 255), merged.getchannel("A"))


def _plain(size: tuple[int, int], level: int) -> _Packed:
    """One level everywhere: runs of 128 at most."""
    full, rest = divmod(size[0], 128)
    row = bytes([129, level]) * full + (bytes([(257 - rest) % 256, level]) if rest else b"")
    rows = BytesIO(row * size[1])
    return _Packed(_RLE + struct.pack(">H", len(row)) * size[1], rows, 0, len(row) * size[1])


def _resources(icc: bytes | None, dpi: tuple[float, float] | None) -> bytes:
    across, down = (round(min(value, _MOST_DPI) * 65536) for value in dpi or (72.0, 72.0))
    resolution = struct.pack(">IHHIHH", across, 1, 1, down, 1, 1)
    return _resource(_RESOLUTION, resolution) + (_resource(_ICC, icc) if icc else b"")


def _resource(number: int, content: bytes) -> bytes:
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(content)) + content + b"\0" * (len(content) % 2)


def _records(layers: Sequence[PsdLayer], lengths: list[list[int]], *, has_alpha: bool) -> bytes:
    # A negative count says that the merged picture's first extra channel is its transparency.
    count = struct.pack(">h", -len(layers) if has_alpha else len(layers))
    return count + b"".join(_record(layer, each) for layer, each in zip(layers, lengths, strict=True))


def _record(layer: PsdLayer, lengths: list[int]) -> bytes:
    width, height = layer.size
    box = struct.pack(">4i", layer.top, layer.left, layer.top + height, layer.left + width)
    channels = b"".join(
        struct.pack(">hI", kind, length) for kind, length in zip(layer.kinds, lengths, strict=True)
    )
    mask = box + struct.pack(">BBxx", 0, 0) if MASK in layer.kinds else b""
    extra = _long(mask) + _long(b"") + _names(layer.name)
    flags = 0 if layer.is_visible else _HIDDEN
    blend = struct.pack(">4s4sBBBx", b"8BIM", b"norm", 255, 0, flags)
    return box + struct.pack(">H", len(layer.kinds)) + channels + blend + _long(extra)


def _names(name: str) -> bytes:
    """The old name of one byte a letter, padded to four, and the one that holds every letter."""
    short = name.encode("ascii", "replace")[:31]
    pascal = bytes([len(short)]) + short
    wide = struct.pack(">I", len(name.encode("utf-16-be")) // 2) + name.encode("utf-16-be")
    wide += b"\0" * (-len(wide) % 4)
    return pascal + b"\0" * (-len(pascal) % 4) + b"8BIMluni" + _long(wide)


def _long(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content
