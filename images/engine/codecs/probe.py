"""Looks at a file's header: is it a picture that may be decoded?"""

import struct
from dataclasses import dataclass
from io import SEEK_CUR, SEEK_END, BytesIO
from typing import BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

from images.engine.codecs.formats import DECODER_ERRORS, READABLE, open_image, unreadable
from images.engine.errors import BadImage, ImageTooLarge
from images.engine.options import DEFAULT_LIMITS, Limits

_HEAD_BYTES = 4096
# A photo from a camera has some hundred chunks and EXIF of some kilobytes.
_MOST_CHUNKS, _LONGEST_CHUNK = 10_000, 100_000
_END_OF_PNG = b"\0\0\0\0IEND\xaeB`\x82"
_SIDEWAYS = {5, 6, 7, 8}  # EXIF orientations that swap width and height


@dataclass(frozen=True, slots=True)
class Facts:
    """`width` and `height` as seen, after EXIF rotation; `format` is a name for people."""

    format: str
    mime: str
    width: int
    height: int
    bytes: int


def probe(file: BinaryIO | bytes, limits: Limits = DEFAULT_LIMITS) -> Facts:
    """Decodes nothing, so it is cheap and safe on any upload. Leaves the file's position at 0.

    Raises BadImage, or ImageTooLarge when a limit is passed.
    """
    stream = BytesIO(file) if isinstance(file, bytes) else file
    stream.seek(0, SEEK_END)
    size = stream.tell()  # not what seek() returns: some of Django's uploaded files return None
    _check_bytes(size, limits)
    try:
        return _facts(stream, size, limits)
    finally:
        stream.seek(0)


def _facts(stream: BinaryIO, size: int, limits: Limits) -> Facts:
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    try:
        image = open_image(stream)
        is_animated = _has_more_pictures(image)
        width, height = _seen_size(image, stream)
    except UnidentifiedImageError as err:
        raise unreadable(head) from err
    except DECODER_ERRORS as err:
        raise BadImage("damaged") from err
    _check_pixels(width, height, limits)
    if is_animated:
        raise BadImage("animated")
    kind = READABLE[image.format or ""]
    return Facts(kind.name, kind.mime, width, height, size)


def _seen_size(image: Image.Image, stream: BinaryIO) -> tuple[int, int]:
    """Width and height after EXIF rotation, from the header alone."""
    if image.format == "TIFF":
        return image.size  # Pillow has turned it already
    width, height = image.size
    return (height, width) if _orientation(image, stream) in _SIDEWAYS else (width, height)


def _orientation(image: Image.Image, stream: BinaryIO) -> int | None:
    """PNG's own getexif() decodes the picture to look behind the pixels; the base class's does not."""
    found: int | None = Image.Image.getexif(image).get(ExifTags.Base.Orientation)
    if found is None and image.format == "PNG":
        with open_image(_without_pixels(stream)) as header:
            found = Image.Image.getexif(header).get(ExifTags.Base.Orientation)
    return found


def _without_pixels(png: BinaryIO) -> BytesIO:
    """A PNG's small chunks alone, those behind the pixels too, where some programs put the EXIF."""
    png.seek(0)
    small = BytesIO()
    small.write(png.read(8))
    for _ in range(_MOST_CHUNKS):
        start = png.read(8)
        length, kind = struct.unpack(">I4s", start.ljust(8, b"\0"))
        if kind in (b"IHDR", b"eXIf", b"tEXt", b"zTXt", b"iTXt") and length <= _LONGEST_CHUNK:
            small.write(start + png.read(length + 4))
        elif len(start) < 8 or kind == b"IEND":
            break
        else:
            png.seek(length + 4, SEEK_CUR)
    small.write(_END_OF_PNG)
    small.seek(0)
    return small


def _has_more_pictures(image: Image.Image) -> bool:
    # A phone's MPO or HEIC carries depth maps and thumbnails beside the one photo that people see.
    if image.format in ("MPO", "HEIF"):
        return False
    if image.format == "TIFF":
        return _has_second_page(image)
    return bool(getattr(image, "is_animated", False))


def _has_second_page(image: Image.Image) -> bool:
    # Not n_frames: that walks every page, and a hostile file has a million of them.
    try:
        image.seek(1)
    except EOFError:
        return False
    return True


def _check_bytes(size: int, limits: Limits) -> None:
    if size == 0:
        raise BadImage("empty")
    if size > limits.max_bytes:
        params = {"megabytes": _millions(size), "limit": _millions(limits.max_bytes)}
        raise ImageTooLarge("too_many_bytes", params)


def _check_pixels(width: int, height: int, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise BadImage("damaged")
    seen: dict[str, object] = {"width": width, "height": height}
    if width * height > limits.max_pixels:
        seen |= {
            "megapixels": _millions(width * height),
            "limit": _millions(limits.max_pixels),
        }
        raise ImageTooLarge("too_many_pixels", seen)
    if max(width, height) > limits.max_side:
        raise ImageTooLarge("too_long_side", seen | {"limit": limits.max_side})


def _millions(number: int) -> str:
    return f"{number / 1_000_000:.1f}".removesuffix(".0")
