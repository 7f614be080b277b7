"""A TIFF's values of 9 bits and more, in planes, or with samples that Pillow does not know: packed, signed,
floating, predicted, white-is-zero."""

from collections.abc import Callable, Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.codecs import tiff
from images.engine.codecs.tiff import Directory
from images.engine.errors import BadImage

Words = NDArray[np.uint16]

_STRIP_ROWS = 256
# Without loss, bytes for bytes: none, LZW, deflate (both numbers), PackBits, LZMA, Zstandard.
_COMPRESSIONS = {1, 5, 8, 32946, 32773, 34925, 50000}
# Those that differences help. With the others, libtiff ignores what a file says of differences.
_OF_DIFFERENCES = {5, 8, 32946, 34925, 50000}
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _CMYK = 0, 1, 2, 5
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _CMYK: 4}
_UNSIGNED, _SIGNED, _FLOAT, _UNKNOWN = 1, 2, 3, 4
_BITS = {
    _UNSIGNED: {8, 10, 12, 14, 16, 32},
    _SIGNED: {16, 32},
    _FLOAT: {16, 32, 64},
    _UNKNOWN: {8, 10, 12, 14, 16, 32},
}
_ASSOCIATED, _UNASSOCIATED = 1, 2
# What of samples beside colours of eight bits Pillow reads.
_PILLOWS = {
    _BLACK_IS_ZERO: {(0,), (2,)},
    _RGB: {(first, *rest) for first in (0, 1, 2) for rest in ((), (0,), (0, 0))} | {(999,)},
    _CMYK: {(0,), (0, 0)},
}
_MOST_EXTRA = 8  # samples beside the colours: unpacked with them, although at most alpha is shown


def is_for_us(directory: Directory) -> bool:
    """Whether Pillow would show less than the file holds, or nothing."""
    is_odd = _kind(directory) in (_SIGNED, _FLOAT)
    return is_deep(directory) or is_odd or tiff.is_planar(directory) or _has_odd_samples(directory)


def is_deep(directory: Directory) -> bool:
    return max(directory.numbers(tiff.BITS, (1,))) > 8


def _has_odd_samples(directory: Directory) -> bool:
    """Eight bits, and beside the colours what Pillow does not know: alpha that they are multiplied by (grey),
    of inks, or behind another sample."""
    photometric, extra = directory.number(tiff.PHOTOMETRIC), tuple(directory.numbers(tiff.EXTRA_SAMPLES))
    is_ours = photometric in _COLOURS and max(directory.numbers(tiff.BITS, (1,))) == 8
    return is_ours and bool(extra) and extra not in _PILLOWS.get(photometric, set())


def is_readable(directory: Directory) -> bool:
    """Of those that are for us."""
    bits, colours = set(directory.numbers(tiff.BITS, (1,))), _COLOURS.get(directory.number(tiff.PHOTOMETRIC))
    return (
        directory.number(tiff.COMPRESSION, 1) in _COMPRESSIONS
        and colours is not None
        and colours <= directory.number(tiff.SAMPLES, 1) <= colours + _MOST_EXTRA
        and len(bits) == 1
        and bits <= _BITS.get(_kind(directory), set())
        and _predictor(directory) in (1, 2, 3)
    )


def is_cmyk(directory: Directory) -> bool:
    return directory.number(tiff.PHOTOMETRIC) == _CMYK


def read(data: bytes, directory: Directory) -> Words:
    """uint16 (H, W, C), 65535 being white or full cover: C is 1, 3 or 4 (inks), one more with alpha."""
    if not is_readable(directory):
        raise BadImage("unsupported_kind", {"format": "TIFF"})
    shown = _shown(directory)
    planes = [_rows(data, directory, plane) for plane in (shown if tiff.is_planar(directory) else [0])]
    width, height = directory.size
    scale = _scale(directory, planes)
    result = np.empty((height, width, len(shown)), np.uint16)
    for top in range(0, height, _STRIP_ROWS):
        strip = slice(top, min(top + _STRIP_ROWS, height))
        values = scale(_values(directory, [plane[strip] for plane in planes]))
        result[strip] = _meant(directory, values)
    return result


def _kind(directory: Directory) -> int:
    return directory.number(tiff.SAMPLE_FORMAT, _UNSIGNED)


def _predictor(directory: Directory) -> int:
    is_packed = directory.number(tiff.COMPRESSION, 1) in _OF_DIFFERENCES
    return directory.number(tiff.PREDICTOR, 1) if is_packed else 1


def _alpha(directory: Directory) -> tuple[int, int]:
    """Which sample is alpha, and its kind: 0 for none."""
    colours = _COLOURS[directory.number(tiff.PHOTOMETRIC)]
    kinds = directory.numbers(tiff.EXTRA_SAMPLES)[: directory.number(tiff.SAMPLES, 1) - colours]
    found = [
        (place, kind) for place, kind in enumerate(kinds, colours) if kind in (_ASSOCIATED, _UNASSOCIATED)
    ]
    return found[0] if found else (0, 0)


def _shown(directory: Directory) -> list[int]:
    """The samples that are colours, then alpha."""
    place, kind = _alpha(directory)
    return [*range(_COLOURS[directory.number(tiff.PHOTOMETRIC)]), *([place] if kind else [])]


def _rows(data: bytes, directory: Directory, plane: int) -> NDArray[np.uint8]:
    """The unpacked bytes of one plane: uint8 (H, bytes of a row)."""
    with Image.open(BytesIO(tiff.grey_bytes(data, directory, plane)), formats=("TIFF",)) as image:
        return np.asarray(image)


def _values(directory: Directory, planes: list[NDArray[np.uint8]]) -> NDArray[np.generic]:
    """(H, W, C) of some rows, as the file has them, of the samples that are shown."""
    is_planar, step, shown = tiff.is_planar(directory), tiff.row_step(directory), _shown(directory)
    samples = 1 if is_planar else directory.number(tiff.SAMPLES, 1)
    parts = []
    for rows in planes:
        # Differences begin anew with each tile, so each is a row of its own.
        tiles = -(-directory.size[0] // step)
        lines = rows.reshape(len(rows) * tiles, -1)
        values = _unpacked(directory, lines, (len(lines), step, samples))
        parts.append(values.reshape(len(rows), tiles * step, samples)[:, : directory.size[0]])
    if is_planar:
        return np.concatenate(parts, axis=2)
    return parts[0] if samples == len(shown) else parts[0][..., shown]


def _unpacked(
    directory: Directory, rows: NDArray[np.uint8], shape: tuple[int, int, int]
) -> NDArray[np.generic]:
    bits, predictor = directory.number(tiff.BITS, 1), _predictor(directory)
    if bits in (10, 12, 14):
        return _from_bits(rows, bits, shape)
    letter = {_SIGNED: "i", _FLOAT: "f"}.get(_kind(directory), "u")
    if predictor == 3:
        return _from_differences_of_bytes(rows, bits // 8, shape).view(f">{letter}{bits // 8}").reshape(shape)
    values = np.ascontiguousarray(rows).view(f"{directory.order}{letter}{bits // 8}").reshape(shape)
    if predictor == 2:
        # Differences wrap around, so they are added up as what they are stored as.
        whole = values.view(f"{directory.order}u{bits // 8}").astype(f"u{bits // 8}")
        values = np.cumsum(whole, axis=1, dtype=whole.dtype).view(f"={letter}{bits // 8}")
    return values


def _from_bits(rows: NDArray[np.uint8], bits: int, shape: tuple[int, int, int]) -> NDArray[np.uint16]:
    """Values packed one behind the other, each row from a whole byte on."""
    height, width, samples = shape
    loose = np.unpackbits(rows, axis=1)[:, : width * samples * bits].reshape(-1, bits)
    result: Words = np.zeros(len(loose), np.uint16)
    for bit in range(bits):
        result = (result << np.uint16(1)) | loose[:, bit]
    return result.reshape(height, width, samples)


def _from_differences_of_bytes(
    rows: NDArray[np.uint8], size: int, shape: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """The floating-point predictor (Adobe's Technical Note 3): all first bytes, then all second ones, …"""
    height, width, samples = shape
    steps = rows.reshape(height, -1, samples)
    added = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(height, size, width * samples)
    return np.ascontiguousarray(added.transpose(0, 2, 1))


def _scale(directory: Directory, planes: list[NDArray[np.uint8]]) -> Callable[[NDArray[np.generic]], Words]:
    """How values become 0 to 65535."""
    bits, kind = directory.number(tiff.BITS, 1), _kind(directory)
    if kind in (_UNSIGNED, _UNKNOWN) and bits == 16:
        return lambda values: values.astype(np.uint16)
    if kind == _FLOAT or bits == 32:
        white = _white_found(directory, planes)
    else:
        white = 2.0 ** (bits - (kind == _SIGNED)) - 1

    def scaled(values: NDArray[np.generic]) -> Words:
        shares = np.nan_to_num(values.astype(np.float64), posinf=white) * (65_535 / white)
        return np.rint(np.clip(shares, 0, 65_535)).astype(np.uint16)

    return scaled


def _white_found(directory: Directory, planes: list[NDArray[np.uint8]]) -> float:
    """What means white in values that have no natural end: the highest, but of floats at least 1, and of
    whole numbers that 16 bits would hold, 65535."""
    highest = max(_highest(values) for values in _strips(directory, planes))
    if _kind(directory) == _FLOAT:
        return max(highest, 1.0)
    return max(highest, 65_535.0) if highest > 255 else max(highest, 1.0)


def _highest(values: NDArray[np.generic]) -> float:
    numbers = values.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    return float(finite.max()) if finite.size else 0.0


def _strips(directory: Directory, planes: list[NDArray[np.uint8]]) -> Iterator[NDArray[np.generic]]:
    for top in range(0, directory.size[1], _STRIP_ROWS):
        yield _values(directory, [plane[top : top + _STRIP_ROWS] for plane in planes])


def _meant(directory: Directory, values: Words) -> Words:
    """More is brighter, and colours are not multiplied by alpha."""
    colours, (_, alpha) = _COLOURS[directory.number(tiff.PHOTOMETRIC)], _alpha(directory)
    if directory.number(tiff.PHOTOMETRIC) == _WHITE_IS_ZERO:
        values[..., :colours] = 65_535 - values[..., :colours]
    if alpha == _ASSOCIATED:
        cover = np.maximum(values[..., colours:].astype(np.float32), 1)
        own = np.minimum(values[..., :colours] * (np.float32(65_535) / cover), 65_535)
        values[..., :colours] = np.rint(own).astype(np.uint16)
    return values
