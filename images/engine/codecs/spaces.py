"""Colours described by numbers and not by a profile: cICP, gAMA, cHRM of PNG; nclx of AVIF and HEIC.

What a profile can say goes on as one, so that not a level changes. What programs would show wrongly even so,
because few follow such a profile, is converted to sRGB: linear light, and PQ and HLG, whose highlights are
rolled off. Codes, curves and primaries are those of ITU-T H.273; white of PQ and HLG that of BT.2408.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Matrix = NDArray[np.float64]
Levels = NDArray[np.unsignedinteger]
# x and y of red, green, blue and white.
Primaries = tuple[float, ...]

_D65 = (0.3127, 0.3290)
_SRGB: Primaries = (0.640, 0.330, 0.300, 0.600, 0.150, 0.060, *_D65)
_PRIMARIES: dict[int, Primaries] = {
    1: _SRGB,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
_PQ, _HLG = 16, 18
# Curves that are powers. All that are not named here count as sRGB's: television's (1, 6, 14, 15) too, as in
# browsers, because pictures are made to look right on screens and not in a dark studio.
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0, 17: 2.6}
_WHITE_NITS, _HLG_PEAK_NITS = 203, 1000
# sRGB's own curve is written into PNG files as this power.
_SRGB_GAMMA, _NEARLY = 2.2, 0.03
# Beyond these powers most programs, and the network, would take the picture for far too dark or too pale.
_FAMILIAR_GAMMAS = (1.7, 2.7)
# How far primaries may be off by rounding and still be sRGB's.
_SAME = 0.002
# Highlights above this share of white are rolled off, if any are brighter than white by more than rounding.
_KNEE, _NO_HIGHLIGHT = np.float32(0.8), 1.02


@dataclass(frozen=True, slots=True)
class Space:
    """`gamma` is the curve's power; 0 stands for sRGB's, `transfer` tells PQ and HLG."""

    primaries: Primaries = _SRGB
    gamma: float = 0
    transfer: int = 0
    is_full_range: bool = True

    @property
    def needs_conversion(self) -> bool:
        """Whether a profile would not do."""
        low, high = _FAMILIAR_GAMMAS
        is_odd = self.gamma != 0 and not low <= self.gamma <= high
        return is_odd or self.transfer in (_PQ, _HLG) or not self.is_full_range


def from_cicp(primaries: int, transfer: int, is_full_range: bool = True) -> Space | None:
    """By the codes of H.273; None is sRGB."""
    space = Space(
        primaries=_PRIMARIES.get(primaries, _SRGB),
        gamma=_GAMMAS.get(transfer, 0),
        transfer=transfer if transfer in (_PQ, _HLG) else 0,
        is_full_range=is_full_range,
    )
    return None if space == Space() else space


def from_gamma(file_gamma: float, chromaticities: Primaries) -> Space | None:
    """By gAMA and cHRM (white, red, green, blue), 0 and () where they are missing; None is sRGB."""
    primaries = (*chromaticities[2:], *chromaticities[:2]) if _is_sensible(chromaticities) else _SRGB
    if np.allclose(primaries, _SRGB, atol=_SAME):
        primaries = _SRGB
    gamma = 1 / file_gamma if 0.1 < file_gamma < 10 else 0
    if primaries == _SRGB and abs(gamma / _SRGB_GAMMA - 1) < _NEARLY:
        gamma = 0
    space = Space(primaries, gamma)
    return None if space == Space() else space


def _is_sensible(chromaticities: Primaries) -> bool:
    """Whether they span a triangle around a white."""
    if len(chromaticities) != 8 or not all(0 <= value < 2 for value in chromaticities):
        return False
    ys = chromaticities[1::2]
    (rx, ry), (gx, gy), (bx, by) = (chromaticities[i : i + 2] for i in (2, 4, 6))
    return ys[0] > 0.01 and abs((gx - rx) * (by - ry) - (bx - rx) * (gy - ry)) > 0.001


def converter(space: Space, itemsize: int, brightest: float) -> Callable[[Levels], Levels]:
    """A function of (H, W, 3) with so many bytes a value, to the same in sRGB.

    `brightest` is the picture's highest value, 0 to 1: what has no highlights needs no room for them.
    """
    highest = 256**itemsize - 1
    linear = _linear(space, np.arange(highest + 1, dtype=np.float64) / highest).astype(np.float32)
    matrix = (np.linalg.inv(_to_d50(_SRGB)) @ _to_d50(space.primaries)).astype(np.float32)
    brightest_grey = np.full((1, 1, 3), linear[round(brightest * highest)])
    has_highlights = _with_display(brightest_grey, space).max() > _NO_HIGHLIGHT

    def convert(pixels: Levels) -> Levels:
        light: Floats = np.maximum(_with_display(linear[pixels], space) @ matrix.T, 0)
        if has_highlights:
            light = _rolled_off(light)
        levels: Levels = np.rint(_srgb_curve(light) * np.float32(highest)).astype(pixels.dtype)
        return levels

    return convert


def _linear(space: Space, values: Matrix) -> Matrix:
    """Light of each value 0 to 1; 1 is white."""
    if not space.is_full_range:
        values = np.clip((values * 255 - 16) / 219, 0, 1)
    if space.transfer == _PQ:
        root = values ** (32 / 2523)
        base = np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)
        return np.asarray(base ** (16384 / 2610) * 10_000 / _WHITE_NITS)
    if space.transfer == _HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        return np.where(values <= 0.5, values * values / 3, (np.exp((values - c) / a) + b) / 12)
    if space.gamma:
        return np.asarray(values**space.gamma)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _with_display(light: Floats, space: Space) -> Floats:
    """HLG says what the camera saw; a display of a thousand nits is what it was made for (BT.2100)."""
    if space.transfer != _HLG:
        return light
    seen = light @ np.asarray((0.2627, 0.6780, 0.0593), np.float32)
    shown: Floats = light * (seen ** np.float32(0.2))[..., None] * np.float32(_HLG_PEAK_NITS / _WHITE_NITS)
    return shown


def _rolled_off(light: Floats) -> Floats:
    """Whatever is brighter than white into the last fifth below it; hues stay."""
    strongest = np.maximum(light.max(axis=-1, keepdims=True), np.float32(1e-6))
    rest = 1 - _KNEE
    bent = _KNEE + rest * (1 - np.exp((_KNEE - strongest) / rest))
    rolled: Floats = light * np.where(strongest > _KNEE, bent / strongest, np.float32(1))
    return rolled


def _srgb_curve(light: Floats) -> Floats:
    light = np.minimum(light, np.float32(1))
    curved: Floats = np.where(
        light <= np.float32(0.0031308),
        light * np.float32(12.92),
        np.float32(1.055) * light ** np.float32(1 / 2.4) - np.float32(0.055),
    )
    return curved


def _to_xyz(primaries: Primaries) -> Matrix:
    """Linear RGB to XYZ under the space's own white, whose Y is 1."""
    xyz = np.array([(x / y, 1, (1 - x - y) / y) for x, y in _pairs(primaries)]).T
    scale = np.linalg.solve(xyz[:, :3], xyz[:, 3])
    return np.asarray(xyz[:, :3] * scale)


def _pairs(primaries: Primaries) -> list[tuple[float, float]]:
    return [(primaries[i], max(primaries[i + 1], 1e-4)) for i in range(0, 8, 2)]


def _to_d50(primaries: Primaries) -> Matrix:
    """The same as a profile says it, and with it every white becomes the other's."""
    return np.asarray(_adaptation(primaries) @ _to_xyz(primaries))


def _adaptation(primaries: Primaries) -> Matrix:
    x, y = _pairs(primaries)[3]
    gains = (_BRADFORD @ _D50) / (_BRADFORD @ np.array((x / y, 1, (1 - x - y) / y)))
    return np.asarray(np.linalg.inv(_BRADFORD) @ np.diag(gains) @ _BRADFORD)


# Bradford's cone responses, by which profiles move a white to their D50.
_BRADFORD = np.array([(0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296)])
_D50 = np.array((0.9642, 1.0, 0.8249))


def profile(space: Space) -> bytes:
    """An ICC profile, version 4, of primaries and one curve for all three."""
    red, green, blue = _to_d50(space.primaries).T
    curve = _curve(space.gamma)
    tags = {
        b"desc": _text("RGB"),
        b"cprt": _text("None"),
        b"wtpt": _xyz(_D50),
        b"chad": b"sf32\0\0\0\0" + _fixed(_adaptation(space.primaries).ravel()),
        b"rXYZ": _xyz(red),
        b"gXYZ": _xyz(green),
        b"bXYZ": _xyz(blue),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    return _assembled(tags)


def _curve(gamma: float) -> bytes:
    if gamma:
        return b"para\0\0\0\0" + struct.pack(">HH", 0, 0) + _fixed([gamma])
    return (
        b"para\0\0\0\0"
        + struct.pack(">HH", 3, 0)
        + _fixed([2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
    )


def _assembled(tags: dict[bytes, bytes]) -> bytes:
    place, directory, body = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        directory += struct.pack(">4sII", name, place + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4xI4s4s4s", place + len(body), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    head = head.ljust(36, b"\0") + b"acsp"
    head = head.ljust(68, b"\0") + _fixed(_D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + directory + body


def _text(words: str) -> bytes:
    written = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(written), 28) + written


def _xyz(values: Matrix) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _fixed(values: Matrix | list[float]) -> bytes:
    return b"".join(struct.pack(">i", round(float(value) * 65_536)) for value in values)
