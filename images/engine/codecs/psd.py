"""A picture in layers, as image programs open it (Photoshop's format, version 1).

libtiff does the work: its PackBits is PSD's, and with one row for each strip, its table of strip lengths is
PSD's table of row lengths. Measured at 18 MP: 0.25 s a channel, where a loop over rows in Python takes 3.
"""

import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import SEEK_END, BytesIO
from tempfile import TemporaryFile

import numpy as np
from PIL import Image

from images.engine.errors import ImageTooLarge

LONGEST_SIDE = 30_000
_MOST_BYTES = 2**31 - 1
_HANDS = 2
_RLE = b"\0\1"
_ALPHA, _MASK = -1, -2
_HIDDEN = 0b10
_RESOLUTION, _ICC = 1005, 1039
_STRIP_OFFSETS, _STRIP_BYTES = 273, 279


@dataclass(frozen=True, slots=True)
class PsdLayer:
    """`picture` is RGB, or RGBA, with its top left pixel at (left, top) of the whole; `mask` an L image of
    its size, which an image program can repaint. With `spread` a picture of one pixel stands for so many.
    """

    name: str
    picture: Image.Image
    mask: Image.Image | None = None
    left: int = 0
    top: int = 0
    is_visible: bool = True
    spread: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.spread or self.picture.size


@dataclass(frozen=True, slots=True)
class _Packed:
    """One channel: two bytes for each row that say how long it is, and the rows."""

    lengths: bytes
    rows: bytes

    def __len__(self) -> int:
        return len(_RLE) + len(self.lengths) + len(self.rows)


def encode_psd(
    layers: Sequence[PsdLayer],
    merged: Image.Image,
    icc: bytes | None = None,
    dpi: tuple[float, float] | None = None,
) -> bytes:
    """Layers from the lowest to the topmost, and the RGB or RGBA picture that they make.

    Raises ImageTooLarge. Channels are packed a few at a time and written at once, since all of them beside
    each other would be twice the file.
    """
    _check(merged)
    file, bands = BytesIO(), len(merged.getbands())
    file.write(struct.pack(">4sH6xHIIHH", b"8BPS", 1, bands, merged.height, merged.width, 8, 3))
    file.write(_long(b"") + _long(_resources(icc, dpi)))
    with ThreadPoolExecutor(max_workers=_HANDS) as pool:
        _write_layers(file, pool, layers, has_alpha=merged.mode == "RGBA")
        packed = list(pool.map(partial(_packed_band, merged), range(bands)))
    file.write(_RLE + b"".join(band.lengths for band in packed))
    for band in packed:
        file.write(band.rows)
    if file.tell() > _MOST_BYTES:
        raise ImageTooLarge("too_long_for_format", _too_long(merged))
    return file.getvalue()


def _write_layers(
    file: BytesIO, pool: ThreadPoolExecutor, layers: Sequence[PsdLayer], *, has_alpha: bool
) -> None:
    """How long each channel is stands before the first of them: a place is kept, and filled in at the end."""
    start = file.tell()
    records = partial(_records, layers, has_alpha=has_alpha)
    file.write(bytes(8) + records([[0] * len(_kinds(layer)) for layer in layers]))
    lengths: list[list[int]] = []
    for layer in layers:
        lengths.append([])
        for packed in pool.map(partial(_packed_channel, layer), _kinds(layer)):
            lengths[-1].append(len(packed))
            file.write(_RLE + packed.lengths)
            file.write(packed.rows)
    file.write(b"\0" * (-(file.tell() - start - 8) % 4))
    length = file.tell() - start - 8
    file.write(_long(b""))
    file.seek(start)
    file.write(struct.pack(">II", length + 8, length) + records(lengths))
    file.seek(0, SEEK_END)


def _check(merged: Image.Image) -> None:
    if max(merged.size) > LONGEST_SIDE:
        raise ImageTooLarge("too_long_for_format", _too_long(merged))


def _too_long(merged: Image.Image) -> dict[str, object]:
    return {"format": "PSD", "limit": LONGEST_SIDE, "width": merged.width, "height": merged.height}


def _kinds(layer: PsdLayer) -> list[int]:
    """The channels of a layer, by the numbers that PSD gives them."""
    alpha = [_ALPHA] if layer.picture.mode == "RGBA" else []
    return [*alpha, 0, 1, 2, *([_MASK] if layer.mask else [])]


def _packed_channel(layer: PsdLayer, kind: int) -> _Packed:
    if kind == _MASK and layer.mask:
        return _packed(layer.mask)
    band = 3 if kind == _ALPHA else kind
    if layer.spread:
        return _plain(layer.spread, int(layer.picture.getchannel(band).getextrema()[0]))  # type: ignore[arg-type]
    return _packed_band(layer.picture, band)


def _packed_band(picture: Image.Image, band: int) -> _Packed:
    return _packed(picture.getchannel(band))


def _packed(band: Image.Image) -> _Packed:
    lowest, highest = band.getextrema()
    if lowest == highest:
        return _plain(band.size, int(lowest))  # type: ignore[arg-type]
    # Into a file, not into memory: libtiff writes that by itself.
    with TemporaryFile() as file:
        band.save(file, "TIFF", compression="packbits", strip_size=band.width)
        file.seek(0)
        with Image.open(file, formats=("TIFF",)) as written:
            tags = written.tag_v2  # type: ignore[attr-defined]
            starts, counts = tags[_STRIP_OFFSETS], tags[_STRIP_BYTES]
        file.seek(starts[0])
        rows = file.read(starts[-1] + counts[-1] - starts[0])
    return _Packed(np.asarray(counts, ">u2").tobytes(), rows)


def _plain(size: tuple[int, int], level: int) -> _Packed:
    """One level everywhere: runs of 128 at most."""
    full, rest = divmod(size[0], 128)
    row = bytes([129, level]) * full + (bytes([(257 - rest) % 256, level]) if rest else b"")
    return _Packed(struct.pack(">H", len(row)) * size[1], row * size[1])


def _resources(icc: bytes | None, dpi: tuple[float, float] | None) -> bytes:
    across, down = dpi or (72.0, 72.0)
    resolution = struct.pack(">IHHIHH", round(across * 65536), 1, 1, round(down * 65536), 1, 1)
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
    kinds = _kinds(layer)
    channels = b"".join(struct.pack(">hI", kind, length) for kind, length in zip(kinds, lengths, strict=True))
    mask = box + struct.pack(">BBxx", 0, 0) if layer.mask else b""
    extra = _long(mask) + _long(b"") + _names(layer.name)
    flags = 0 if layer.is_visible else _HIDDEN
    blend = struct.pack(">4s4sBBBx", b"8BIM", b"norm", 255, 0, flags)
    return box + struct.pack(">H", len(kinds)) + channels + blend + _long(extra)


def _names(name: str) -> bytes:
    """The old name of one byte a letter, padded to four, and the one that holds every letter."""
    short = name.encode("ascii", "replace")[:31]
    pascal = bytes([len(short)]) + short
    wide = struct.pack(">I", len(name.encode("utf-16-be")) // 2) + name.encode("utf-16-be")
    wide += b"\0" * (-len(wide) % 4)
    return pascal + b"\0" * (-len(pascal) % 4) + b"8BIMluni" + _long(wide)


def _long(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content
