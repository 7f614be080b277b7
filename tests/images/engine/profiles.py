"""Colour profiles made in code."""

import struct
from functools import cache
from itertools import product

from PIL import Image, ImageCms

from tests.images.engine.pictures import srgb_profile

# Red, green and blue of Display P3, adapted to the D50 of profiles (ICC.1, SMPTE EG 432-1).
_P3 = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}
_WHITE = b"XYZ \0\0\0\0" + struct.pack(">iii", 63_190, 65_536, 54_061)


@cache
def display_p3() -> bytes:
    """sRGB's curve with the wider primaries."""
    data = bytearray(srgb_profile())
    for tag in range(int.from_bytes(data[128:132], "big")):
        name, place, _ = struct.unpack_from(">4sII", data, 132 + 12 * tag)
        if name in _P3:
            fixed = [round(value * 65_536) for value in _P3[name]]
            struct.pack_into(">iii", data, place + 8, *fixed)
    return bytes(data)


@cache
def odd_inks() -> bytes:
    """A CMYK profile whose cyan ink is red and whose magenta ink is cyan: nobody meets its colours by chance.

    A table of eight bits with two points along each ink, in Lab.
    """
    corners = [_lab(_mixed(inks)) for inks in product((0, 1), repeat=4)]
    ramp = bytes(range(256))
    head = struct.pack(">4s4xBBBx9i", b"mft1", 4, 3, 2, *(65_536 * (i % 4 == 0) for i in range(9)))
    table = head + ramp * 4 + b"".join(corners) + ramp * 3
    return _profile({b"A2B0": table, b"wtpt": _WHITE})


@cache
def cmyk_profile() -> bytes:
    """Plain inks, in both directions: each takes away its own third of the light, black all of it."""
    ramp, steps = bytes(range(256)), 9
    dots = [
        _srgb(*(round(255 * i / (steps - 1)) for i in point)) for point in product(range(steps), repeat=3)
    ]
    identity = [65_536 * (i % 4 == 0) for i in range(9)]
    head = struct.pack(">4s4xBBBx9i", b"mft1", 3, 4, steps, *identity)
    back = head + ramp * 3 + b"".join(bytes(255 - level for level in dot) + b"\0" for dot in dots) + ramp * 4
    corners = [_lab(_printed(inks)) for inks in product((0, 1), repeat=4)]
    there = struct.pack(">4s4xBBBx9i", b"mft1", 4, 3, 2, *identity) + ramp * 4 + b"".join(corners) + ramp * 3
    return _profile({b"A2B0": there, b"B2A0": back, b"wtpt": _WHITE})


def _printed(inks: tuple[int, ...]) -> tuple[int, int, int]:
    cyan, magenta, yellow, black = inks
    light = 255 * (1 - black)
    return (1 - cyan) * light, (1 - magenta) * light, (1 - yellow) * light


def _srgb(lightness: int, a: int, b: int) -> bytes:
    """Of a table's Lab, which counts a and b from -128."""
    dot = Image.frombytes("LAB", (1, 1), bytes((lightness, a ^ 128, b ^ 128)))
    space = ImageCms.createProfile("LAB")
    rgb = ImageCms.profileToProfile(dot, space, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert rgb is not None
    return rgb.tobytes()


def _mixed(inks: tuple[int, ...]) -> tuple[int, int, int]:
    cyan, magenta, yellow, black = inks
    light = 255 * (1 - black)
    return (1 - magenta) * light, (1 - cyan) * light, (1 - cyan) * (1 - yellow) * light


def _lab(colour: tuple[int, int, int]) -> bytes:
    dot = Image.new("RGB", (1, 1), colour)
    space = ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(dot, ImageCms.createProfile("sRGB"), space, outputMode="LAB")
    assert lab is not None
    lightness, a, b = lab.tobytes()
    # Pillow's Lab is signed, the table's counts from -128.
    return bytes((lightness, a ^ 128, b ^ 128))


@cache
def linear_grey() -> bytes:
    """Greys that count light: half as high is half as bright."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 256)
    return _profile({b"kTRC": curve, b"wtpt": _WHITE}, b"mntr", b"GRAY", b"XYZ ")


def _profile(
    tags: dict[bytes, bytes], kind: bytes = b"prtr", colours: bytes = b"CMYK", between: bytes = b"Lab "
) -> bytes:
    place, directory, body = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        directory += struct.pack(">4sII", name, place + len(body), len(content))
        body += padded
    head = struct.pack(">I4xI4s4s4s", place + len(body), 0x02400000, kind, colours, between)
    head = head.ljust(36, b"\0") + b"acsp"
    light = struct.pack(">iii", 63_190, 65_536, 54_061)
    return head.ljust(68, b"\0") + light.ljust(60, b"\0") + struct.pack(">I", len(tags)) + directory + body
