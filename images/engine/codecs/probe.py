"""Looks at a file's header: is it a picture that may be decoded?"""

from dataclasses import dataclass
from io import SEEK_END, BytesIO
from typing import BinaryIO

from PIL import UnidentifiedImageError

from images.engine.codecs import jpeg, png_chunks, tiff, tiff_values
from images.engine.codecs.boxes import clean_aperture
from images.engine.codecs.formats import DECODER_ERRORS, READABLE, open_image, refusal, unreadable
from images.engine.codecs.orientation import orientation, swaps_sides
from images.engine.errors import BadImage, ImageTooLarge
from images.engine.options import DEFAULT_LIMITS, Limits

# A JPEG says in its frame which kind it is, behind EXIF and profile of 64 kilobytes each.
_HEAD_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Facts:
    """`width` and `height` as seen, after EXIF rotation; `format` is a name for people."""

    format: str
    mime: str
    width: int
    height: int
    bytes: int


def probe(file: BinaryIO | bytes, limits: Limits = DEFAULT_LIMITS, *, first_frame: bool = False) -> Facts:
    """Decodes nothing, so it is cheap and safe on any upload. Leaves the file's position at 0.

    A file with several pictures is refused, unless its first one is wanted.

    Raises BadImage, or ImageTooLarge when a limit is passed.
    """
    stream = BytesIO(file) if isinstance(file, bytes) else file
    stream.seek(0, SEEK_END)
    size = stream.tell()  # not what seek() returns: some of Django's uploaded files return None
    _check_bytes(size, limits)
    try:
        return _facts(stream, size, limits, first_frame)
    finally:
        stream.seek(0)


def _facts(stream: BinaryIO, size: int, limits: Limits, first_frame: bool) -> Facts:
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    try:
        header = _header(stream, head)
    except UnidentifiedImageError as err:
        raise unreadable(head) from err
    except DECODER_ERRORS as err:
        raise refusal(head, err) from err
    _check_pixels(header.width, header.height, limits)
    if header.is_animated and not first_frame:
        raise BadImage("animated")
    kind = READABLE[header.format]
    return Facts(kind.name, kind.mime, *(header.shown or (header.width, header.height)), size)


@dataclass(frozen=True, slots=True)
class _Header:
    """`format` is Pillow's name; the size is upright, `shown` that of the part that is meant to be seen."""

    format: str
    width: int
    height: int
    is_animated: bool
    shown: tuple[int, int] | None = None


def _header(stream: BinaryIO, head: bytes) -> _Header:
    if head.startswith(png_chunks.SIGNATURE):
        return _png_header(stream)
    if tiff.is_tiff(head):
        return _tiff_header(stream, head)
    if head.startswith(b"\xff\xd8"):
        _check_jpeg(stream)
    image = open_image(stream)
    format_name = image.format or ""
    # A phone's MPO or HEIC carries depth maps and thumbnails beside the one photo that people see.
    is_animated = format_name not in ("MPO", "HEIF") and bool(getattr(image, "is_animated", False))
    turn, shown = orientation(image.info.get("exif")), None
    if format_name == "AVIF" and (box := clean_aperture(stream, image.size)):
        shown = _seen((box[2] - box[0], box[3] - box[1]), turn)
    return _Header(format_name, *_seen(image.size, turn), is_animated, shown)


def _check_jpeg(stream: BinaryIO) -> None:
    if jpeg.is_too_long_to_open(stream):
        raise BadImage("damaged")
    stream.seek(0)


def _png_header(stream: BinaryIO) -> _Header:
    facts = png_chunks.read_facts(stream)
    with open_image(BytesIO(facts.small)) as image:
        return _Header("PNG", *_seen(image.size, orientation(facts.exif)), facts.is_animated)


def _tiff_header(stream: BinaryIO, head: bytes) -> _Header:
    """By its directories: Pillow walks every page to count them, and a hostile file has a million."""
    directories = tiff.read_directories(stream)
    if not directories:
        raise BadImage("damaged")
    first, is_animated = directories[0], tiff.has_second_page(directories)
    if tiff.is_camera_raw(stream, head, first):
        raise BadImage("camera_raw")
    is_for_us = tiff_values.is_for_us(first)
    if not tiff.is_in_proportion(first) or (is_for_us and not tiff_values.is_readable(first)):
        raise _unread(first)
    if not is_for_us:
        _check_that_pillow_reads(stream, first)
    return _Header("TIFF", *_seen(first.size, first.number(tiff.ORIENTATION, 1)), is_animated)


def _check_that_pillow_reads(stream: BinaryIO, first: tiff.Directory) -> None:
    stream.seek(0)
    try:
        open_image(stream)
    except DECODER_ERRORS as err:
        raise _unread(first) from err
    if first.number(tiff.COMPRESSION) == tiff.WEBP:  # Pillow knows the number, and its libtiff no decoder
        raise BadImage("unsupported_kind", {"format": "TIFF"})


def _unread(first: tiff.Directory) -> BadImage:
    return BadImage("unsupported_kind" if tiff.is_sound(first) else "damaged", {"format": "TIFF"})


def _seen(size: tuple[int, int], turn: int) -> tuple[int, int]:
    width, height = size
    return (height, width) if swaps_sides(turn) else (width, height)


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
