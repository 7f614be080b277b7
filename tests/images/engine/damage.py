"""Valid files of every format, and ways to damage them.

`python -m tests.images.engine.damage FOLDER MEGABYTES SECONDS` sends many damaged files through the whole
engine under limits of memory and processor time. It prints how many gave a result, how many were refused,
and by how many megabytes the process has grown since its first hundred files.
"""

import random
import re
import resource
import sys
import warnings
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from images.engine import BadImage, Limits, NoSubject, Options, remove_background
from images.engine.codecs.png_chunks import chunk
from tests.images.engine.pictures import corner, deep_png, disc, saved, srgb_profile
from tests.images.engine.profiles import odd_inks
from tests.images.engine.tiffs import packed, page, tiff
from tests.images.engine.tiny import tiny_network

_SMALL = (24, 16)
_DEEP = Image.fromarray(np.asarray(disc(_SMALL, "L"), np.uint16) * 257)
_GAMMA_1 = chunk(b"gAMA", (100_000).to_bytes(4, "big"))
VALID = {
    "PNG": saved(corner(_SMALL), icc_profile=srgb_profile()),
    "palette": saved(disc(_SMALL).quantize(8), transparency=0),
    "deep": saved(_DEEP),
    "one bit": saved(disc(_SMALL, "1")),
    "JPEG": saved(corner(_SMALL), "JPEG", dpi=(300, 300), exif=Image.Exif().tobytes()),
    "progressive": saved(disc(_SMALL), "JPEG", progressive=True),
    "CMYK": saved(disc(_SMALL, "CMYK"), "JPEG", icc_profile=odd_inks()),
    "MPO": saved(disc(_SMALL), "MPO", save_all=True, append_images=[corner(_SMALL)]),
    "WEBP": saved(disc(_SMALL, "RGBA"), "WEBP"),
    "lossless": saved(disc(_SMALL), "WEBP", lossless=True),
    "GIF": saved(disc(_SMALL), "GIF"),
    "TIFF": saved(disc(_SMALL), "TIFF"),
    "deep TIFF": saved(_DEEP, "TIFF"),
    "deep colours": deep_png(np.asarray(corner(_SMALL), np.uint16) * 257),
    "deep TIFF in planes": tiff([page(np.asarray(corner(_SMALL), np.uint16) * 257, is_planar=True)]),
    "packed TIFF": tiff([packed(np.asarray(disc(_SMALL), np.uint16) * 16, 12)]),
    "floating TIFF": tiff(
        [page(np.asarray(corner(_SMALL), np.float32) / 255, is_deflated=True, predictor=3)]
    ),
    "TIFF with a thumbnail": tiff([page(np.asarray(disc(_SMALL)), inner=[page(np.asarray(disc((8, 8))))])]),
    "linear": saved(disc(_SMALL))[:33] + _GAMMA_1 + saved(disc(_SMALL))[33:],
    "deflated": saved(disc(_SMALL), "TIFF", compression="tiff_deflate"),
    "BMP": saved(disc(_SMALL), "BMP"),
    "AVIF": saved(disc(_SMALL), "AVIF"),
    "HEIF": saved(disc(_SMALL), "HEIF"),
}

places = st.floats(0, 1, exclude_max=True)


def damaged(data: bytes, changed: list[tuple[float, int]], cut: float, doubled: float) -> bytes:
    """Some bytes changed, then the end cut off or a piece repeated."""
    result = bytearray(data)
    for place, value in changed:
        result[int(place * len(result))] = value
    if cut < 0.3:
        return bytes(result[: int(len(result) * cut / 0.3)])
    middle = int(doubled * len(result))
    return bytes(result[:middle] + result[max(0, middle - 20) :]) if cut > 0.8 else bytes(result)


def resized(data: bytes, place: float, number: int, width: int, order: str) -> bytes:
    """A number in the file's first half, where sizes and lengths stand, replaced by another."""
    at, largest = int(place * len(data) / 2), (1 << 8 * width) - 1
    written = min(number, largest).to_bytes(width, "big" if order == "big" else "little")
    return data[:at] + written + data[at + width :]


def spliced(first: bytes, second: bytes, at: float, on: float) -> bytes:
    return first[: int(at * len(first))] + second[int(on * len(second)) :]


def any_damage(chance: random.Random) -> bytes:
    data, other = chance.choice(list(VALID.values())), chance.choice(list(VALID.values()))
    kind = chance.randrange(3)
    if kind == 0:
        changed = [(chance.random(), chance.randrange(256)) for _ in range(chance.randrange(1, 6))]
        return damaged(data, changed, chance.random(), chance.random())
    if kind == 1:
        number = chance.choice([0, 1, 255, 65_535, 2**31 - 1, 2**32 - 1])
        return resized(data, chance.random(), number, chance.choice([2, 4]), chance.choice(["big", "little"]))
    return spliced(data, other, chance.random(), chance.random())


def _megabytes() -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) // 1024 if found else 0


def main(folder: str, megabytes: str, seconds: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(megabytes) * 1_000_000,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds),) * 2)
    warnings.simplefilter("ignore")
    network, chance = tiny_network(Path(folder)), random.Random(7)  # noqa: S311 (no secret)
    options, results, refusals, before = Options(Limits(max_pixels=4_000_000)), 0, 0, 0
    for number in range(600):
        if number == 100:
            before = _megabytes()
        try:
            remove_background(any_damage(chance), network, options)
            results += 1
        except (BadImage, NoSubject):
            refusals += 1
    print(results, refusals, max(0, _megabytes() - before))


if __name__ == "__main__":
    main(*sys.argv[1:])
