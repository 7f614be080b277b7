"""Pictures drawn in code, and measures between pictures."""

from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw

ORANGE, NAVY = (250, 220, 180), (20, 30, 60)


def disc(size: tuple[int, int] = (120, 80), mode: str = "RGB") -> Image.Image:
    """A bright disc, half as wide as the shorter side, in the middle of a dark ground."""
    width, height = size
    radius = min(size) / 4
    box = (width / 2 - radius, height / 2 - radius, width / 2 + radius, height / 2 + radius)
    image = Image.new("RGB", size, NAVY)
    ImageDraw.Draw(image).ellipse(box, fill=ORANGE)
    return image.convert(mode)


def disc_mask(size: tuple[int, int] = (120, 80)) -> Image.Image:
    return disc(size).getchannel("R").point(lambda value: 255 if value > 128 else 0)


def corner(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red, green, blue and white quarters, from the top left in reading order: shows any turn."""
    image = Image.new("RGB", (2, 2))
    image.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
    return image.resize(size, Image.Resampling.NEAREST)


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def deep_png(values: NDArray[np.uint16]) -> bytes:
    """Of (H, W) or (H, W, 3 or 4), sixteen bits a value."""
    codes = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    turned = cv2.cvtColor(values, codes[values.shape[2]]) if values.ndim == 3 else values
    return cv2.imencode(".png", turned)[1].tobytes()


def deep_values(png: bytes) -> NDArray[np.uint16]:
    """The values of such a file: (H, W) or (H, W, 3 or 4)."""
    values = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert values is not None
    assert values.dtype == np.uint16
    codes = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    return np.asarray(cv2.cvtColor(values, codes[values.shape[2]]) if values.ndim == 3 else values, np.uint16)


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def unzipped(data: bytes) -> Image.Image:
    """A result of any format as one picture: of a ZIP, its colours with its alpha."""
    if not data.startswith(b"PK"):
        return opened(data)
    with ZipFile(BytesIO(data)) as archive:
        picture, alpha = (opened(archive.read(name)) for name in ("color.jpg", "alpha.png"))
    if alpha.getextrema() != (255, 255):
        picture.putalpha(alpha)
    return picture


@cache
def srgb_profile() -> bytes:
    """Without the second in which it was made, which no result says."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + bytes(12) + made[36:]


def colour_at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """One value per band."""
    colour = image.getpixel((x, y))
    return colour if isinstance(colour, tuple) else (int(colour or 0),)


def iou(first: Image.Image, second: Image.Image) -> float:
    """Intersection over union of two L images at one half."""
    one, other = np.asarray(first) >= 128, np.asarray(second) >= 128
    return float((one & other).sum() / (one | other).sum())


def is_near(colour: tuple[int, ...], expected: tuple[int, ...], tolerance: int = 6) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(colour, expected, strict=True))
