"""A TIFF's directories: which of its pictures is the photo, and how its values are written.

Pillow reads eight bits a value. Deeper values, and what it does not know, are read here: Pillow (libtiff)
unpacks the bytes of the picture as if they were grey, and NumPy makes values of them.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

# Codes of the struct module; a fraction is two numbers.
_TYPES = {3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_BYTES = {1, 7}
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
_DNG_VERSION = 50706
WEBP = 50001  # as a way to compress
_REDUCED, _PAGE, _MASK = 1, 2, 4
# Colours of a sensor, one a pixel, and their linear successors.
_RAW_PHOTOMETRICS = {32803, 34892}
# Canon's and Phase One's marks behind the header; else their directories look like those of a photo.
_RAW_MARKS = (b"CR", b"II", b"MM")


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
    if head[8:10] in _RAW_MARKS or _DNG_VERSION in first.tags or first.is_reduced:
        return True
    inner = [read_directory(stream, place)[0] for place in first.numbers(SUB_DIRECTORIES)[:_MOST_PAGES]]
    is_raw = any(each.number(PHOTOMETRIC) in _RAW_PHOTOMETRICS for each in (first, *inner))
    return is_raw or any(max(each.size) > max(first.size) for each in inner)


def has_second_page(directories: Sequence[Directory]) -> bool:
    """Whether there is another picture than the first one's thumbnails and masks."""
    return any(not each.is_beside_the_photo for each in directories[1:])


def is_sound(directory: Directory) -> bool:
    """Whether a directory describes a picture, of whatever kind."""
    has_pixels = bool(directory.numbers(STRIPS) or directory.numbers(TILES))
    return min(directory.size) > 0 and has_pixels


def read_directories(stream: BinaryIO) -> list[Directory]:
    """Those of the pages, the first few of many. Raises ValueError for what is none."""
    found: list[Directory] = []
    place, seen = _first_place(stream), set[int]()
    while place and place not in seen and len(found) < _MOST_PAGES:
        seen.add(place)
        directory, place = read_directory(stream, place)
        found.append(directory)
    return found


def _first_place(stream: BinaryIO) -> int:
    order, is_big = _form(stream)
    stream.seek(8 if is_big else 4)
    return _unpacked(stream, order + ("Q" if is_big else "I"))[0]


def _form(stream: BinaryIO) -> tuple[str, bool]:
    stream.seek(0)
    head = stream.read(4)
    if not is_tiff(head):
        raise ValueError("not a TIFF")
    return ("<" if head[:1] == b"I" else ">"), b"+" in head[2:]


def read_directory(stream: BinaryIO, place: int) -> tuple[Directory, int]:
    """The directory at a place in the file, and the place of the next one or 0."""
    order, is_big = _form(stream)
    width, count_code, number_code = (20, "Q", "Q") if is_big else (12, "H", "I")
    stream.seek(place)
    count = min(_unpacked(stream, order + count_code)[0], _MOST_TAGS)
    entries = stream.read(count * width)
    following = stream.read(8 if is_big else 4)
    tags = {}
    for start in range(0, len(entries) - width + 1, width):
        tag, values = _entry(stream, entries[start : start + width], order)
        if values and tag not in tags:
            tags[tag] = values
    is_last = len(following) < (8 if is_big else 4)
    return Directory(order, is_big, tags), 0 if is_last else struct.unpack(order + number_code, following)[0]


def _entry(stream: BinaryIO, entry: bytes, order: str) -> tuple[int, Sequence[int]]:
    """A tag and its numbers, none if it holds something else, or ever so many."""
    is_big = len(entry) == 20
    tag, kind, count = struct.unpack_from(order + ("HHQ" if is_big else "HHI"), entry)
    code = f"{count}s" if kind in _BYTES else _TYPES.get(kind, "") * count if count <= _MOST_VALUES else ""
    form = order + code
    length, inline = struct.calcsize(form), entry[12:] if is_big else entry[8:]
    if not 0 < length <= _MOST_BYTES:
        return tag, ()
    content = inline[:length]
    if length > len(inline):
        stream.seek(struct.unpack(order + ("Q" if is_big else "I"), inline)[0])
        content = stream.read(length)
    values = struct.unpack(form, content) if len(content) == length else ()
    return tag, values[0] if kind in _BYTES and values else values


def _unpacked(stream: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, stream.read(struct.calcsize(form)))


def grey_bytes(data: bytes, wanted: Directory, plane: int) -> bytes:
    """A copy of the file whose picture is the bytes of one plane, as grey: a TIFF that everybody reads. Its
    rows end with their last tile."""
    per_byte = wanted.number(BITS, 1) * (1 if is_planar(wanted) else wanted.number(SAMPLES, 1))
    width, step = wanted.number(WIDTH), row_step(wanted)
    tags = {
        WIDTH: [_whole_bytes(-(-width // step) * step, per_byte)],
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
