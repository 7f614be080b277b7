"""A colour profile without what says nothing of colours (ICC.1:2022).

Calibration programs write into profiles what they know of a screen, its serial number and its owner; and
anything fits behind a profile's end, or between its parts.
"""

import struct

# The largest profiles that people print with have 2 MB.
LONGEST_PROFILE = 4_000_000
_HEADER, _ENTRY, _MOST_TAGS = 128, 12, 100
_DATE, _HASH_AND_RESERVED = slice(24, 36), slice(84, _HEADER)
# What conversions read, and the profile's name and copyright, without which a profile is no sound one.
_KEPT = frozenset(
    [
        *(b"desc", b"cprt", b"wtpt", b"bkpt", b"chad", b"chrm", b"cicp", b"gamt", b"pre0", b"pre1", b"pre2"),
        *(colour + kind for colour in (b"r", b"g", b"b") for kind in (b"XYZ", b"TRC")),
        *(way + intent for way in (b"A2B", b"B2A", b"D2B", b"B2D") for intent in (b"0", b"1", b"2", b"3")),
        b"kTRC",
    ]
)


def stripped(icc: bytes) -> bytes | None:
    """What tells how to convert colours; None for what breaks off or is longer than anybody needs."""
    size = int.from_bytes(icc[:4], "big")
    if not _HEADER + 4 <= size <= min(len(icc), LONGEST_PROFILE):
        return None
    places = _places(icc, size)
    # Parts may share their bytes, as three equal curves do. Where they only overlap, a profile of some
    # megabytes would become one of many.
    if places is None or sum(length for _, length in set(places.values())) > size:
        return None
    header = bytearray(icc[:_HEADER])
    header[_DATE], header[_HASH_AND_RESERVED] = bytes(12), bytes(44)
    return _assembled(header, {name: icc[at : at + length] for name, (at, length) in places.items()})


def _places(icc: bytes, size: int) -> dict[bytes, tuple[int, int]] | None:
    """Start and length of each part that is kept; None where the list of parts makes no sense."""
    count = int.from_bytes(icc[_HEADER : _HEADER + 4], "big")
    end = _HEADER + 4 + count * _ENTRY
    if count > _MOST_TAGS or end > size:
        return None
    entries = struct.iter_unpack(">4sII", icc[_HEADER + 4 : end])
    return {name: (at, length) for name, at, length in entries if name in _KEPT and at + length <= size}


def _assembled(header: bytearray, tags: dict[bytes, bytes]) -> bytes:
    entries, parts, place = b"", dict[bytes, int](), _HEADER + 4 + _ENTRY * len(tags)
    for name, content in tags.items():
        if content not in parts:
            parts[content] = place
            place += len(content) + -len(content) % 4
        entries += struct.pack(">4sII", name, parts[content], len(content))
    header[:4] = place.to_bytes(4, "big")
    padded = [content + bytes(-len(content) % 4) for content in parts]
    return b"".join([header, len(tags).to_bytes(4, "big"), entries, *padded])
