"""Bytes to an upright eight-bit photo, whatever the source's mode, depth or colour space."""

import math
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from images.engine.codecs.colour import to_srgb, usable_profile
from images.engine.codecs.formats import DECODER_ERRORS, open_image
from images.engine.errors import BadImage
from images.engine.photo import Photo

_STRIP_ROWS = 256
_RGB_LIKE = {"RGB", "RGBA", "RGBX", "RGBa", "P", "PA"}
_DEEP_GREY = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}


def decode(data: bytes) -> Photo:
    """Expects bytes that probe() let through. Raises BadImage."""
    try:
        image = open_image(BytesIO(data))
        expected = image.size
        image.load()
        if image.size != expected:  # a header that lied to the limits
            raise BadImage("damaged")
        return _photo(ImageOps.exif_transpose(image))
    except DECODER_ERRORS as err:
        raise BadImage(_code(err)) from err


def _code(err: Exception) -> str:
    text = str(err).lower()
    is_cut_off = isinstance(err, EOFError) or "truncated" in text or "end of file" in text
    return "truncated" if is_cut_off else "damaged"


def _photo(image: Image.Image) -> Photo:
    icc, dpi = image.info.get("icc_profile"), _dpi(image)
    alpha = _alpha(image)
    if image.mode in _RGB_LIKE:
        return Photo(_plain_rgb(image), alpha, usable_profile(icc, "RGB"), dpi)
    return Photo(to_srgb(_plain_other(image), icc), alpha, None, dpi)


def _alpha(image: Image.Image) -> Image.Image | None:
    """The source's transparency as an L image; None where nothing is transparent."""
    if not image.has_transparency_data or image.mode in _DEEP_GREY:
        return None
    with_alpha = image if image.mode in ("RGBA", "LA") else image.convert("RGBA")
    alpha = with_alpha.getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _plain_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGBa":
        image = image.convert("RGBA")
    elif "transparency" in image.info:
        image = image.convert("RGBA")  # a palette's own alpha; convert("RGB") would warn and guess
    return image.convert("RGB")


def _plain_other(image: Image.Image) -> Image.Image:
    """L, CMYK, LAB or RGB, of any mode that is not RGB-like."""
    if image.mode in _DEEP_GREY:
        return Image.fromarray(_eight_bits(image))
    if image.mode in ("CMYK", "LAB"):
        return image
    return image.convert("RGB" if image.mode in ("YCbCr", "HSV") else "L")


def _eight_bits(image: Image.Image) -> NDArray[np.uint8]:
    """uint8 (H, W) from 16-bit, 32-bit or float grey: scaled, where Pillow's own convert() clips.

    In strips, because a whole picture as float64 would cost eight bytes a pixel.
    """
    width, height = image.size
    white = _white(image)
    grey = np.empty((height, width), np.uint8)
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        strip = np.asarray(image.crop((0, top, width, bottom)), np.float32)
        scaled = np.nan_to_num(strip) * np.float32(255 / white)
        grey[top:bottom] = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    return grey


def _white(image: Image.Image) -> float:
    """The value that means white: 65535 for 16 bits, 1 for floats up to 1, else what is found."""
    if image.mode.startswith("I;16"):
        return 65535
    highest = float(np.max(image.getextrema()))
    if image.mode == "I" and highest > 255:
        return max(highest, 65535.0)
    return max(highest, 1.0) if math.isfinite(highest) else 1.0


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    # TIFF says 1 where it knows no unit.
    is_sensible = all(math.isfinite(value) and 1 < value <= 100_000 for value in (across, down))
    return (across, down) if is_sensible else None
