"""A PNG's chunks: what a file says beside its pixels, and the file without what nobody has to read.

Programs write all sorts of things around the pixels: comments with a wrong checksum, camera data that are
none, profiles of hundreds of megabytes. Browsers pass over them, since the pixels are sound. So decoders
are given the chunks that make up the picture, and the rest is read here, within bounds.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_CUR
from typing import BinaryIO

from images.engine.codecs.icc import LONGEST_PROFILE
from images.engine.codecs.spaces import Space, from_cicp, from_gamma

SIGNATURE = b"\x89PNG\r\n\x1a\n"

# Chunks of one kilobyte, shorter than any program writes them, make 30,000 of 30 MB.
_MOST_CHUNKS = 100_000
_LONGEST_CHUNK = 4_000_000
_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"pHYs")
_READ = {*_PICTURE, b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"eXIf", b"acTL"}
_GREY_WITH_ALPHA = 4
_END = b"\0\0\0\0IEND\xaeB`\x82"


@dataclass(frozen=True, slots=True)
class PngFacts:
    """`small` is the file without its pixels, for Pillow; `transparent` the content of tRNS, which `small`
    lacks where the picture has 16 bits, since Pillow would compare eight of them."""

    small: bytes
    is_deep: bool
    transparent: bytes
    is_animated: bool
    icc: bytes | None
    exif: bytes | None
    space: Space | None


def read_facts(stream: BinaryIO) -> PngFacts:
    """Of a stream that stands anywhere. Raises ValueError where the chunks make no sense."""
    found = _small_chunks(stream)
    header = found.get(b"IHDR", b"")
    if len(header) != 13:
        raise ValueError("a PNG without its header")
    is_deep = header[8] == 16
    kept = [name for name in _PICTURE if name in found and not (is_deep and name == b"tRNS")]
    has_profile = b"cICP" not in found
    for_pillow = found | {b"tRNS": _as_pillow_compares(found.get(b"tRNS", b""), header)}
    return PngFacts(
        small=SIGNATURE + b"".join(chunk(name, for_pillow[name]) for name in kept) + _END,
        is_deep=is_deep,
        transparent=found.get(b"tRNS", b""),
        is_animated=_number(found.get(b"acTL")) > 1,
        icc=_profile(found.get(b"iCCP", b"")) if has_profile else None,
        exif=found.get(b"eXIf"),
        space=_space(found),
    )


def picture(data: bytes, facts: PngFacts) -> bytes:
    """The file with the chunks of the picture alone; pixels that break off are left so."""
    parts, place = [facts.small.removesuffix(_END)], len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if place + 8 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + length + 12
        if name == b"IDAT":
            is_whole = end <= len(data)
            parts.append(data[place:end] if is_whole else chunk(name, data[place + 8 : end - 4]))
        place = end
    return b"".join([*parts, _END])


def is_grey_with_alpha(data: bytes) -> bool:
    """Of a file that begins with its header, as `picture` makes it."""
    return data[25] == _GREY_WITH_ALPHA


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _small_chunks(stream: BinaryIO) -> dict[bytes, bytes]:
    """The first of each kind that is read. Behind the pixels only EXIF may stand."""
    found: dict[bytes, bytes] = {}
    is_behind = False
    for name, content in _chunks(stream):
        is_behind = is_behind or name == b"IDAT"
        if name in _READ and name not in found and (not is_behind or name == b"eXIf"):
            found[name] = content
    return found


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents, the latter empty for what is not read."""
    stream.seek(len(SIGNATURE))
    for _ in range(_MOST_CHUNKS):
        start = stream.read(8)
        if len(start) < 8:
            return
        length, name = struct.unpack(">I4s", start)
        if name not in _READ or length > _LONGEST_CHUNK:
            stream.seek(length + 4, SEEK_CUR)
            yield name, b""
            continue
        content, checksum = stream.read(length), stream.read(4)
        if checksum == struct.pack(">I", zlib.crc32(name + content)):
            yield name, content
        elif name[0:1].isupper():
            raise ValueError(f"the checksum of {name!r} is wrong")
    raise ValueError("a PNG in far too many pieces")


def _as_pillow_compares(transparent: bytes, header: bytes) -> bytes:
    """Pillow stretches greys of fewer than eight bits to 0 to 255, and not the grey that is transparent.

    Of that one, only as many bits count as the picture has.
    """
    bits, is_grey = header[8], header[9] == 0
    if not is_grey or bits not in (1, 2, 4) or len(transparent) < 2:
        return transparent
    highest = (1 << bits) - 1
    return bytes((0, (transparent[1] & highest) * 255 // highest))


def _profile(content: bytes) -> bytes | None:
    """None for one that does not unpack, or only to more than anybody needs."""
    _, _, packed = content.partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        icc = unpacker.decompress(packed[1:], LONGEST_PROFILE)
    except zlib.error:
        return None
    return icc if unpacker.eof else None


def _space(found: dict[bytes, bytes]) -> Space | None:
    """In the order of the PNG specification: cICP, iCCP, sRGB, then gAMA and cHRM."""
    code = found.get(b"cICP", b"")
    if len(code) == 4:
        return from_cicp(code[0], code[1], is_full_range=code[3] != 0)
    if b"iCCP" in found or b"sRGB" in found:
        return None
    gamma, places = _number(found.get(b"gAMA")), found.get(b"cHRM", b"")
    xy = struct.unpack(">8I", places) if len(places) == 32 else ()
    return from_gamma(gamma / 100_000, tuple(value / 100_000 for value in xy))


def _number(content: bytes | None) -> int:
    """The first four bytes, or 0."""
    return int.from_bytes(content[:4], "big") if content and len(content) >= 4 else 0
