"""A TIFF's directories: which of its pictures is the photo, and how its values are written.

Pillow reads eight bits a value. Deeper values, and what it does not know, are read here: Pillow (libtiff)
unpacks the bytes of the picture as if they were grey, and NumPy makes values of them.
"""

import re
import struct
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

# Codes of the modules array and struct; a fraction is two numbers.
_TYPES = {3: "H", 4: "I", 5: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_BYTES, _TEXT, _FRACTION = {1, 7}, 2, 5
_OWN_ORDER = "<" if sys.byteorder == "little" else ">"
_MOST_TAGS, _MOST_PAGES, _MOST_VALUES, _MOST_BYTES = 4096, 64, 200_000, 4_000_000

SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 255, 256, 257, 258, 259, 262
FILL_ORDER, STRIPS, ORIENTATION, SAMPLES, STRIP_ROWS, STRIP_BYTES, PLANAR = 266, 273, 274, 277, 278, 279, 284
PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES = 317, 322, 323, 324, 325
SUB_DIRECTORIES, EXTRA_SAMPLES, SAMPLE_FORMAT, ACROSS, DOWN, UNIT, PROFILE = (
    330,
    338,
    339,
    282,
    283,
    296,
    34675,
)
# Unpacked: RGBA as floats of 32 bits, and what the tiles at the edges have beyond the picture.
_MOST_PIXEL_BYTES, _MOST_TILE_BYTES = 16, 64_000_000
_FIRST_PRIVATE, _DNG_VERSION = 32768, 50706
WEBP = 50001  # as a way to compress
_REDUCED, _PAGE, _MASK = 1, 2, 4
# Colours of a sensor, one a pixel, and their linear successors.
_RAW_PHOTOMETRICS = {32803, 34892}
# Canon's and Phase One's marks behind the header; else their directories look like those of a photo.
# Whole, because libtiff writes the first pixels there: two bytes of dark grey are "II".
_RAW_MARK = re.compile(rb"CR\x02\0|IIII.waR|MMMMRaw", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directory:
    """One picture. `tags` holds the values of those tags that hold whole numbers, fractions or bytes."""

    order: str  # "<" or ">"
    is_big: bool
    tags: dict[int, Sequence[int]]

    def numbers(self, tag: int, default: Sequence[int] = ()) -> Sequence[int]:
        return self.tags.get(tag, default)

    def number(self, tag: int, default: int = 0) -> int:
        return self.numbers(tag, (default,))[0]

    @property
    def size(self) -> tuple[int, int]:
        return self.number(WIDTH), self.number(HEIGHT)

    @property
    def is_reduced(self) -> bool:
        return bool(self.number(SUBFILE) & _REDUCED) or self.number(OLD_SUBFILE) == 2

    @property
    def is_beside_the_photo(self) -> bool:
        """A thumbnail, or the mask of another picture."""
        return self.is_reduced or bool(self.number(SUBFILE) & _MASK)


def resolution(directory: Directory) -> tuple[float, ...] | None:
    """Dots an inch, across and down."""
    fractions = [directory.numbers(tag) for tag in (ACROSS, DOWN)]
    if any(len(each) < 2 or each[1] == 0 for each in fractions):
        return None
    return tuple(each[0] / each[1] * (2.54 if directory.number(UNIT, 2) == 3 else 1) for each in fractions)


def is_tiff(head: bytes) -> bool:
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def is_camera_raw(stream: BinaryIO, head: bytes, first: Directory) -> bool:
    """Whether the first picture is only the preview of what the camera saw."""
    if _RAW_MARK.match(head, 8) or _DNG_VERSION in first.tags or first.is_reduced:
        return True
    reader = _reader(stream)
    inner = [_directory(reader, place)[0] for place in first.numbers(SUB_DIRECTORIES)[:_MOST_PAGES]]
    is_raw = any(each.number(PHOTOMETRIC) in _RAW_PHOTOMETRICS for each in (first, *inner))
    return is_raw or any(max(each.size) > max(first.size) for each in inner)


def has_second_page(directories: Sequence[Directory]) -> bool:
    """Whether there is another picture than the first one's thumbnails and masks."""
    return any(not each.is_beside_the_photo for each in directories[1:])


def is_sound(directory: Directory) -> bool:
    """Whether a directory describes a picture, of whatever kind."""
    has_pixels = bool(directory.numbers(STRIPS) or directory.numbers(TILES))
    return min(directory.size) > 0 and has_pixels


def is_in_proportion(directory: Directory) -> bool:
    """Whether hardly more has to be unpacked than is shown: a few kilobytes may hold a tile of gigabytes."""
    (width, height), bits = directory.size, max(directory.numbers(BITS, (8,)))
    # As libtiff does, which believes in tiles wherever they have a size.
    across = _filled_up(width, directory.number(TILE_WIDTH) or width)
    down = _filled_up(height, directory.number(TILE_HEIGHT) or 1)
    unpacked = _whole_bytes(across * down, bits * directory.number(SAMPLES, 1))
    return unpacked <= _MOST_PIXEL_BYTES * width * height + _MOST_TILE_BYTES


def read_directories(stream: BinaryIO) -> list[Directory]:
    """Those of the pages, the first few of many. Raises ValueError for what is none."""
    found: list[Directory] = []
    reader = _reader(stream)
    place, seen = reader.numbers("Q" if reader.is_big else "I")[0], set[int]()
    while place and place not in seen and len(found) < _MOST_PAGES:
        seen.add(place)
        directory, place = _directory(reader, place)
        found.append(directory)
    return found


@dataclass(slots=True)
class _Reader:
    """An open file, and how many bytes its directories may still have values of."""

    stream: BinaryIO
    order: str
    is_big: bool
    bytes_left: int

    def numbers(self, code: str) -> tuple[int, ...]:
        form = self.order + code
        return struct.unpack(form, self.stream.read(struct.calcsize(form)))

    def values(self, place: int, length: int) -> bytes:
        """Nothing once all values together are longer than the file: then they lie one upon the other, and a
        small file would fill the memory."""
        self.bytes_left -= length
        if self.bytes_left < 0:
            return b""
        self.stream.seek(place)
        return self.stream.read(length)


def _reader(stream: BinaryIO) -> _Reader:
    """One that stands before the place of the first directory."""
    stream.seek(0, SEEK_END)
    size = stream.tell()
    stream.seek(0)
    head = stream.read(4)
    if not is_tiff(head):
        raise ValueError("not a TIFF")
    is_big = b"+" in head[2:]
    stream.seek(8 if is_big else 4)
    return _Reader(stream, "<" if head[:1] == b"I" else ">", is_big, size)


def _directory(reader: _Reader, place: int) -> tuple[Directory, int]:
    """The directory at a place in the file, and the place of the next one or 0."""
    width, count_code, number_code = (20, "Q", "Q") if reader.is_big else (12, "H", "I")
    reader.stream.seek(place)
    count = min(reader.numbers(count_code)[0], _MOST_TAGS)
    entries = reader.stream.read(count * width)
    following = reader.stream.read(8 if reader.is_big else 4)
    tags: dict[int, Sequence[int]] = {}
    for start in range(0, len(entries) - width + 1, width):
        tag, values = _entry(reader, entries[start : start + width])
        if values and tag not in tags:
            tags[tag] = values
    is_last = len(following) < (8 if reader.is_big else 4)
    after = 0 if is_last else struct.unpack(reader.order + number_code, following)[0]
    return Directory(reader.order, reader.is_big, tags), after


def _entry(reader: _Reader, entry: bytes) -> tuple[int, Sequence[int]]:
    """A tag and its numbers, none if it holds something else, or ever so many. Raises ValueError for more
    than a picture can have."""
    tag, kind, count = struct.unpack_from(reader.order + ("HHQ" if reader.is_big else "HHI"), entry)
    if count > _MOST_VALUES and _is_listed(tag, kind):
        raise ValueError(f"{count} values in tag {tag}")
    code = "B" if kind in _BYTES else _TYPES.get(kind, "")
    if not code or (code != "B" and count > _MOST_VALUES):
        return tag, ()
    length = count * struct.calcsize(code) * (2 if kind == _FRACTION else 1)
    if not 0 < length <= _MOST_BYTES:
        return tag, ()
    inline = entry[12:] if reader.is_big else entry[8:]
    content = inline[:length]
    if length > len(inline):
        place = struct.unpack(reader.order + ("Q" if reader.is_big else "I"), inline)[0]
        content = reader.values(place, length)
    return tag, _numbers(code, content, reader.order) if len(content) == length else ()


def _is_listed(tag: int, kind: int) -> bool:
    """Whether Pillow makes an object of each value: of those of the standard's tags, unless they are text."""
    if tag in (STRIPS, TILES):
        return True
    return kind not in (*_BYTES, _TEXT) and (tag < _FIRST_PRIVATE or tag == PROFILE)


def _numbers(code: str, content: bytes, order: str) -> Sequence[int]:
    """As short as in the file: a tuple of them takes ten times the memory."""
    if code == "B":
        return content
    values = array(code, content)
    if order != _OWN_ORDER:
        values.byteswap()
    return values


def grey_bytes(data: bytes, wanted: Directory, plane: int) -> bytes:
    """A copy of the file whose picture is the bytes of one plane, as grey: a TIFF that everybody reads. Its
    rows end with their last tile."""
    per_byte = wanted.number(BITS, 1) * (1 if is_planar(wanted) else wanted.number(SAMPLES, 1))
    width, step = wanted.number(WIDTH), row_step(wanted)
    tags = {
        WIDTH: [_whole_bytes(_filled_up(width, step), per_byte)],
        HEIGHT: [wanted.number(HEIGHT)],
        BITS: [8],
        COMPRESSION: [wanted.number(COMPRESSION, 1)],
        FILL_ORDER: [wanted.number(FILL_ORDER, 1)],
        PHOTOMETRIC: [1],
        SAMPLES: [1],
    }
    if TILES in wanted.tags:
        places, lengths = TILES, TILE_BYTES
        tags[TILE_WIDTH] = [_whole_bytes(wanted.number(TILE_WIDTH), per_byte)]
        tags[TILE_HEIGHT] = [wanted.number(TILE_HEIGHT)]
    else:
        places, lengths = STRIPS, STRIP_BYTES
        tags[STRIP_ROWS] = [min(wanted.number(STRIP_ROWS, 2**31), wanted.number(HEIGHT))]
    for tag in (places, lengths):
        values = wanted.numbers(tag)
        share = len(values) // planes(wanted)
        tags[tag] = list(values[plane * share : (plane + 1) * share])
    return _with_directory(data, wanted, tags)


def row_step(directory: Directory) -> int:
    """How many pixels of a row are stored together: those of a tile, or all of them."""
    return directory.number(TILE_WIDTH if TILES in directory.tags else WIDTH) or 1


def is_planar(directory: Directory) -> bool:
    return directory.number(PLANAR, 1) == 2 and directory.number(SAMPLES, 1) > 1


def planes(directory: Directory) -> int:
    return directory.number(SAMPLES, 1) if is_planar(directory) else 1


def _filled_up(length: int, step: int) -> int:
    """The next multiple of a step, of which 0 is one of 0."""
    return -(-length // step) * step if step else 0


def _whole_bytes(values: int, bits: int) -> int:
    return -(-values * bits // 8)


def _with_directory(data: bytes, form: Directory, tags: Mapping[int, Sequence[int]]) -> bytes:
    """The file with this directory behind its end, as its only one."""
    code, kind, width = ("Q", 16, 8) if form.is_big else ("I", 4, 4)
    place = len(data) + len(data) % 2
    before, entry = (8, 20) if form.is_big else (2, 12)
    after = place + before + len(tags) * entry + width
    entries, arrays = b"", b""
    for tag in sorted(tags):
        values = struct.pack(f"{form.order}{len(tags[tag])}{code}", *tags[tag])
        if len(values) > width:
            values, arrays = struct.pack(form.order + code, after + len(arrays)), arrays + values
        entries += struct.pack(form.order + "HH" + code, tag, kind, len(tags[tag])) + values
    head = data[:8] if form.is_big else data[:4]
    start = struct.pack(form.order + code, place)
    count = struct.pack(form.order + ("Q" if form.is_big else "H"), len(tags))
    rest = data[len(head) + width :] + bytes(len(data) % 2)
    return b"".join([head, start, rest, count, entries, bytes(width), arrays])
