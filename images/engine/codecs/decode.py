"""Bytes to an upright photo, whatever the source's mode, depth or colour space.

Eight bits are what the network and every stage see; where the file has more, they are carried beside.
"""

import math
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.codecs import jpeg, png_chunks, tiff, tiff_values
from images.engine.codecs.boxes import clean_aperture, space_of
from images.engine.codecs.colour import described, grey_as_rgb, to_srgb, usable_profile
from images.engine.codecs.deep import eight_bits
from images.engine.codecs.formats import DECODER_ERRORS, open_image, refusal
from images.engine.codecs.orientation import orientation, upright, upright_pixels
from images.engine.codecs.spaces import Space
from images.engine.errors import BadImage
from images.engine.photo import Photo

_RGB_LIKE = {"RGB", "RGBA", "RGBX", "RGBa", "P", "PA"}


@dataclass(frozen=True, slots=True)
class _Source:
    """A picture as its file has it: `image`, or `deep` as uint16 (H, W, C), whose values may be of 8 bits.
    `cover` is the alpha of inks, for which Pillow has no mode, as L."""

    image: Image.Image
    cover: Image.Image | None = None
    deep: NDArray[np.uint16] | None = None
    has_depth: bool = True
    turn: int = 1
    icc: bytes | None = None
    space: Space | None = None


def decode(data: bytes) -> Photo:
    """Expects bytes that probe() let through. Raises BadImage."""
    try:
        return _photo(_source(data))
    except DECODER_ERRORS as err:
        raise refusal(data, err) from err


def _source(data: bytes) -> _Source:
    if data.startswith(png_chunks.SIGNATURE):
        return _png(data)
    if tiff.is_tiff(data):
        return _tiff(data)
    if data.startswith(b"\xff\xd8"):
        return _plain(_jpeg(data))
    if data.startswith(b"BM"):
        return _plain(_bitmap(data))
    return _boxed(data) if data[4:8] == b"ftyp" else _plain(_loaded(data))


def _plain(image: Image.Image, space: Space | None = None) -> _Source:
    turn = orientation(image.info.get("exif"))
    return _Source(image, turn=turn, icc=image.info.get("icc_profile"), space=space)


def _boxed(data: bytes) -> _Source:
    image, stream = _loaded(data), BytesIO(data)
    # Of HEIC, the decoder shows this part alone.
    seen = clean_aperture(stream, image.size) if image.format == "AVIF" else None
    return _plain(image.crop(seen) if seen else image, space_of(stream))


def _loaded(data: bytes) -> Image.Image:
    image = open_image(BytesIO(data))
    expected = image.size
    image.load()
    if image.size != expected:  # a header that lied to the limits
        raise BadImage("damaged")
    return image


def _bitmap(data: bytes) -> Image.Image:
    """As in browsers, an alpha that is 0 all over says nothing: programs leave the fourth byte empty."""
    image = _loaded(data)
    is_empty = image.mode == "RGBA" and image.getchannel("A").getbbox() is None
    return image.convert("RGB") if is_empty else image


def _jpeg(data: bytes) -> Image.Image:
    try:
        return _loaded(data)
    except OSError:
        whole = jpeg.completed(data)
        if whole is None:
            raise
        return whole


def _png(data: bytes) -> _Source:
    facts = png_chunks.read_facts(BytesIO(data))
    bare = png_chunks.picture(data, facts)
    image = _loaded(bare)
    deep = _deep_png(image, bare, facts.transparent) if facts.is_deep else None
    return _Source(image, deep=deep, turn=orientation(facts.exif), icc=facts.icc, space=facts.space)


def _deep_png(image: Image.Image, bare: bytes, transparent: bytes) -> NDArray[np.uint16] | None:
    """Pillow keeps all sixteen bits of grey; of colours, OpenCV does, blue first."""
    if image.mode == "I;16":
        pixels = np.asarray(image)[..., None]
    else:
        values = cv2.imdecode(np.frombuffer(bare, np.uint8), cv2.IMREAD_UNCHANGED)
        if values is None or values.dtype != np.uint16 or values.ndim != 3:
            return None
        code = cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB
        pixels = np.asarray(cv2.cvtColor(values, code, dst=values), np.uint16)
        if png_chunks.is_grey_with_alpha(bare):
            pixels = pixels[..., [0, 3]]  # OpenCV makes colours of it, and its profile is one of greys
    colours = pixels.shape[2]
    if colours in (2, 4) or len(transparent) != 2 * colours:
        return pixels
    hidden = (pixels == np.frombuffer(transparent, ">u2")).all(axis=2, keepdims=True)
    return np.concatenate([pixels, np.where(hidden, 0, 65_535).astype(np.uint16)], axis=2)


def _tiff(data: bytes) -> _Source:
    directory = tiff.read_directories(BytesIO(data))[0]
    if not tiff_values.is_for_us(directory):
        image = _loaded(data)
        return _Source(image, icc=image.info.get("icc_profile"))  # Pillow has turned it already
    pixels = tiff_values.read(data, directory)
    image = Image.new("L", (1, 1))  # unused but for what it tells
    image.info["dpi"] = tiff.resolution(directory)
    icc = bytes(directory.numbers(tiff.PROFILE)) or None
    turn = directory.number(tiff.ORIENTATION, 1)
    if tiff_values.is_cmyk(directory):
        values = eight_bits(pixels)
        inks = Image.fromarray(np.ascontiguousarray(values[..., :4]), "CMYK")
        inks.info |= image.info
        cover = Image.fromarray(values[..., 4]) if values.shape[2] == 5 else None
        return _Source(inks, cover, turn=turn, icc=icc)
    return _Source(image, deep=pixels, has_depth=tiff_values.is_deep(directory), turn=turn, icc=icc)


def _photo(source: _Source) -> Photo:
    dpi = _dpi(source.image)
    if source.deep is not None:
        return described(_deep_photo(source, upright_pixels(source.deep, source.turn), dpi), source.space)
    image = upright(source.image, source.turn)
    alpha = _alpha(image) if source.cover is None else _unless_opaque(upright(source.cover, source.turn))
    if image.mode in _RGB_LIKE:
        photo = Photo(_bare(_plain_rgb(image)), alpha, usable_profile(source.icc, "RGB"), dpi)
        return described(photo, source.space)
    photo = Photo(_bare(to_srgb(_plain_other(image), source.icc)), alpha, None, dpi)
    return described(photo, source.space)


def _deep_photo(source: _Source, pixels: NDArray[np.uint16], dpi: tuple[float, float] | None) -> Photo:
    icc = usable_profile(source.icc, "RGB")
    if pixels.shape[2] < 3:
        pixels, icc = grey_as_rgb(pixels, usable_profile(source.icc, "L")), None
    alpha = None
    if pixels.shape[2] == 4:
        alpha = Image.fromarray(eight_bits(pixels[..., 3]))
        if pixels[..., 3].min() == 65_535:
            pixels, alpha = pixels[..., :3], None
    pixels = np.ascontiguousarray(pixels)
    deep = pixels if source.has_depth else None
    return Photo(Image.fromarray(eight_bits(pixels[..., :3])), alpha, icc, dpi, deep)


def _bare(image: Image.Image) -> Image.Image:
    """Without what the file said beside its pixels, which Pillow's writers would believe and pass on."""
    image.info = {}
    return image


def _alpha(image: Image.Image) -> Image.Image | None:
    """The source's transparency as an L image; None where nothing is transparent."""
    if not image.has_transparency_data:
        return None
    with_alpha = image if image.mode in ("RGBA", "LA") else image.convert("RGBA")
    return _unless_opaque(_bare(with_alpha.getchannel("A")))


def _unless_opaque(alpha: Image.Image) -> Image.Image | None:
    return None if alpha.getextrema() == (255, 255) else alpha


def _plain_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.mode == "RGBa":
        image = image.convert("RGBA")
    elif "transparency" in image.info:
        image = image.convert("RGBA")  # a palette's own alpha; convert("RGB") would warn and guess
    return image.convert("RGB")


def _plain_other(image: Image.Image) -> Image.Image:
    """L, CMYK, LAB or RGB, of any mode that is not RGB-like."""
    if image.mode in ("CMYK", "LAB"):
        return image
    return image.convert("RGB" if image.mode in ("YCbCr", "HSV") else "L")


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    # TIFF says 1 where it knows no unit.
    is_sensible = all(math.isfinite(value) and 1 < value <= 100_000 for value in (across, down))
    return (across, down) if is_sensible else None
