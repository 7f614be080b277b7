"""TIFF files of every kind, written by hand: Pillow writes only those that it reads."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SHORT, LONG, BYTES = 3, 4, 7
_STRIP_ROWS = 16

Tags = dict[int, Sequence[int] | bytes]


@dataclass(frozen=True)
class Page:
    """One picture: `rows` are its bytes row by row, a list for each plane."""

    size: tuple[int, int]
    planes: Sequence[Sequence[bytes]]
    tags: Tags = field(default_factory=dict)
    inner: Sequence["Page"] = ()
    is_deflated: bool = False


def page(
    values: NDArray[np.generic],
    *,
    order: str = "<",
    is_planar: bool = False,
    is_deflated: bool = False,
    predictor: int = 1,
    tile: int = 0,
    inner: Sequence[Page] = (),
    tags: Tags | None = None,
) -> Page:
    """Of (H, W, samples): bits and kind of the values are those of the array. `tile` is the width of tiles, 0
    for strips."""
    height, width, samples = values.shape
    parts = [values[..., i : i + 1] for i in range(samples)] if is_planar else [values]
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    own: Tags = {
        258: [values.dtype.itemsize * 8] * samples,
        262: [2 if samples > 2 else 1],
        277: [samples],
        284: [2 if is_planar else 1],
        317: [predictor],
        339: [kind] * samples,
    }
    if tile:
        parts = [_in_tiles(part, tile) for part in parts]
        own |= {322: [tile], 323: [_STRIP_ROWS]}
    planes = [[_row(line, order, predictor) for line in part] for part in parts]
    return Page((width, height), planes, own | (tags or {}), inner, is_deflated)


def _in_tiles(values: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    """One tile below the other, as high as a strip; those at the edges are filled up."""
    whole = np.pad(values, ((0, -len(values) % _STRIP_ROWS), (0, -values.shape[1] % width), (0, 0)))
    rows = [whole[top : top + _STRIP_ROWS] for top in range(0, len(whole), _STRIP_ROWS)]
    lefts = range(0, whole.shape[1], width)
    return np.concatenate([row[:, left : left + width] for row in rows for left in lefts])


def _row(line: NDArray[np.generic], order: str, predictor: int) -> bytes:
    size = line.dtype.itemsize
    if predictor == 2:
        whole = line.view(f"u{size}")
        line = np.concatenate([whole[:1], whole[1:] - whole[:-1]])
    if predictor == 3:
        planes = line.astype(f">f{size}").reshape(-1).view(np.uint8).reshape(-1, size).T
        steps = planes.reshape(-1, line.shape[1])
        return np.concatenate([steps[:1], steps[1:] - steps[:-1]]).tobytes()
    return line.astype(f"{order}{line.dtype.str[1:]}").tobytes()


def packed(values: NDArray[np.generic], bits: int, tags: Tags | None = None) -> Page:
    """Of (H, W, samples): so many bits a value, one behind the other."""
    height, width, samples = values.shape
    places = np.arange(bits - 1, -1, -1)
    rows = [np.packbits((line.reshape(-1, 1) >> places) & 1).tobytes() for line in values]
    own: Tags = {258: [bits] * samples, 262: [2 if samples > 2 else 1], 277: [samples], 284: [1]}
    return Page((width, height), [rows], own | (tags or {}))


def tiff(pages: Iterable[Page], order: str = "<", is_big: bool = False) -> bytes:
    writer = _Writer(order, is_big)
    place = writer.link
    for each in pages:
        place = writer.add(each, place)
    return bytes(writer.data)


class _Writer:
    def __init__(self, order: str, is_big: bool) -> None:
        self.order, self.code = order, "Q" if is_big else "I"
        self.width = 8 if is_big else 4
        mark = b"II" if order == "<" else b"MM"
        head = struct.pack(order + "HHH", 43, 8, 0) if is_big else struct.pack(order + "H", 42)
        self.data = bytearray(mark + head + bytes(self.width))
        self.link = len(self.data) - self.width

    def add(self, new: Page, link: int | None) -> int:
        """Writes a page; its place goes to `link`. Returns where the next one's has to go."""
        inner = [self._standing(each) for each in new.inner]
        tags: Tags = {256: [new.size[0]], 257: [new.size[1]], 259: [8 if new.is_deflated else 1]}
        tags |= {278: [_STRIP_ROWS], **self._strips(new), **({330: inner} if inner else {}), **new.tags}
        entries = b"".join(self._entry(tag, tags[tag]) for tag in sorted(tags))
        place = len(self.data)
        self.data += struct.pack(self.order + ("Q" if self.width == 8 else "H"), len(tags)) + entries
        self.data += bytes(self.width)
        if link is not None:
            struct.pack_into(self.order + self.code, self.data, link, place)
        self.place = place
        return len(self.data) - self.width

    def _standing(self, inner: Page) -> int:
        """A page that no other one follows."""
        self.add(inner, None)
        return self.place

    def _strips(self, new: Page) -> Tags:
        places, lengths = [], []
        for rows in new.planes:
            for top in range(0, len(rows), _STRIP_ROWS):
                strip = b"".join(rows[top : top + _STRIP_ROWS])
                content = zlib.compress(strip) if new.is_deflated else strip
                places.append(len(self.data))
                lengths.append(len(content))
                self.data += content + bytes(len(content) % 2)
        return {324: places, 325: lengths} if 322 in new.tags else {273: places, 279: lengths}

    def _entry(self, tag: int, values: Sequence[int] | bytes) -> bytes:
        if isinstance(values, bytes):
            kind, content = BYTES, values
        else:
            kind = LONG if max(values) > 65_535 or tag in (273, 279, 324, 325, 330) else SHORT
            content = struct.pack(f"{self.order}{len(values)}{'I' if kind == LONG else 'H'}", *values)
        head = struct.pack(self.order + "HH" + self.code, tag, kind, len(values))
        if len(content) <= self.width:
            return head + content.ljust(self.width, b"\0")
        place = len(self.data)
        self.data += content + bytes(len(content) % 2)
        return head + struct.pack(self.order + self.code, place)
