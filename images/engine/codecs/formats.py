"""What can be read, and how a file that cannot be read is named."""

import re
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import pillow_heif
from PIL import Image

from images.engine.codecs import boxes, jpeg
from images.engine.errors import BadImage

# probe.py checks our limits against the header. Pillow's would warn or fail at other sizes.
Image.MAX_IMAGE_PIXELS = None
pillow_heif.register_heif_opener(thumbnails=False)

# What Pillow and its plugins raise on hostile data; the fuzz test keeps this list honest.
DECODER_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    BufferError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)

_SVG_START = re.compile(rb"<(\w+:)?svg[\s/>]", re.IGNORECASE)
_SNIFFED_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Readable:
    name: str
    mime: str
    suffixes: tuple[str, ...]


_JPEG = Readable("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"))

# By Pillow's format name. MPO is a phone's JPEG with a second picture behind the first.
READABLE = {
    "JPEG": _JPEG,
    "MPO": _JPEG,
    "PNG": Readable("PNG", "image/png", (".png", ".apng")),
    "WEBP": Readable("WebP", "image/webp", (".webp",)),
    "AVIF": Readable("AVIF", "image/avif", (".avif", ".avifs")),
    "HEIF": Readable("HEIC", "image/heic", (".heic", ".heif", ".hif", ".heics", ".heifs")),
    "TIFF": Readable("TIFF", "image/tiff", (".tif", ".tiff")),
    "BMP": Readable("BMP", "image/bmp", (".bmp", ".dib")),
    "GIF": Readable("GIF", "image/gif", (".gif",)),
}
_OPENED = tuple(name for name in READABLE if name != "MPO")  # Pillow's JPEG reader finds MPO

# What a camera saw, and pictures of other formats: somebody should be told that they were not cut out.
_TOLD = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".iiq", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2"),
    *(".rwl", ".srw", ".x3f", ".exr", ".ico", ".jp2", ".jxl", ".psb", ".psd", ".svg", ".tga", ".xcf"),
)

# For choosing the pictures of a folder; what a file is, only its content says.
SUFFIXES = frozenset([*_TOLD, *(suffix for readable in READABLE.values() for suffix in readable.suffixes)])

_READABLE_STARTS = re.compile(
    rb"\xff\xd8\xff|\x89PNG|RIFF....WEBP|....ftyp(avi[fs]|hei[cfx]|hev[cx]|mif1|msf1)"
    rb"|II\*\0|MM\0\*|II\+\0|MM\0\+|BM(?=.{,16}\x00)|GIF8[79]a",
    re.DOTALL,
)
_UNREADABLE_STARTS = {
    "Photoshop": rb"8BPS",
    "JPEG 2000": rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51",
    "JPEG XL": rb"\xff\x0a|\x00\x00\x00\x0cJXL ",
    "JPEG XR": rb"II\xbc[\x00\x01]",
    "OpenEXR": rb"v/1\x01",
    "GIMP": rb"gimp xcf",
    "PDF": rb"%PDF-",
    "PostScript": rb"%!PS|\xc5\xd0\xd3\xc6",
    "Netpbm": rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+(#[^\n]*\n\s*)*\d+\s|P7\n|P[Ff]\n",
    "Targa": (
        rb".\0[\x02\x03\x0a\x0b]\0{5}.{8}[\x08\x0f\x10\x18\x20]"
        rb"|.\x01[\x01\x09]\0\0..[\x10\x18\x20].{8}\x08"
    ),
    "icon": rb"\x00\x00[\x01\x02]\x00[^\x00]|icns",
    "PCX": rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08]",
    "DDS": rb"DDS ",
    "QOI": rb"qoif",
    "BPG": rb"BPG\xfb",
    "MNG": rb"\x8aMNG|\x8bJNG",
    "SGI": rb"\x01\xda[\x00\x01][\x01\x02]",
    "XPM": rb"/\* XPM \*/",
    "DPX": rb"SDPX|XPDS",
    "Radiance": rb"#\?(RADIANCE|RGBE)",
    "FITS": rb"SIMPLE  =",
    "DICOM": rb".{128}DICM",
    "DjVu": rb"AT&TFORM",
    "Windows Metafile": rb"\xd7\xcd\xc6\x9a|\x01\x00\x00\x00.{36} EMF",
}
# Fujifilm, Canon (old and new), Panasonic, Olympus, Sigma, Minolta. The others write TIFF: see tiff.py.
_CAMERA_RAW = re.compile(
    rb"FUJIFILMCCD-RAW|....ftypcrx|II\x1a\0\0\0HEAP|IIU\0|IIRO|IIRS|MMOR|FOVb|\0MRM", re.DOTALL
)


def open_image(file: BinaryIO) -> Image.Image:
    """Reads the header only. Raises DECODER_ERRORS, among them UnidentifiedImageError."""
    try:
        return Image.open(file, formats=_OPENED)
    except DECODER_ERRORS:
        bare = _without_exif(file)
        if bare is None:
            raise
    return Image.open(BytesIO(bare), formats=_OPENED)


def _without_exif(file: BinaryIO) -> bytes | None:
    """An AVIF file without its EXIF, over which Pillow fails if it is damaged; None for what has none."""
    file.seek(0)
    if file.read(8)[4:] != b"ftyp":
        return None
    file.seek(0)
    data = file.read()
    bare = boxes.without_exif(data)
    return None if bare == data else bare


def unreadable(head: bytes) -> BadImage:
    """Says why a file with these first bytes could not be opened."""
    if _is_svg(head):
        return BadImage("svg")
    if _CAMERA_RAW.match(head):
        return BadImage("camera_raw")
    for name, start in _UNREADABLE_STARTS.items():
        if re.match(start, head, re.DOTALL):
            return BadImage("unsupported_format", {"format": name})
    return refusal(head, None) if _READABLE_STARTS.match(head) else BadImage("not_an_image")


def refusal(data: bytes, err: Exception | None) -> BadImage:
    """What is wrong with a file in one of our formats, or with one whose first bytes these are."""
    if isinstance(err, BadImage):
        return err
    if data.startswith(b"\xff\xd8") and jpeg.is_unsupported(data):
        return BadImage("unsupported_kind", {"format": "JPEG"})
    if data[4:8] == b"ftyp" and _coding(data) not in (b"", b"hvc1", b"av01"):
        return BadImage("unsupported_kind", {"format": "HEIC"})
    if data.startswith(b"BM") and not _READABLE_STARTS.match(data):  # a text: numbers have bytes of zero
        return BadImage("not_an_image")
    if data.startswith(b"BM") and _is_odd_bitmap(data):
        return BadImage("unsupported_kind", {"format": "BMP"})
    text = str(err).lower()
    is_cut_off = isinstance(err, EOFError) or "truncated" in text or "end of file" in text
    return BadImage("truncated" if is_cut_off else "damaged")


def _coding(data: bytes) -> bytes:
    """Empty too where the boxes make no sense: who says what is wrong with a file must not fail over it."""
    try:
        return boxes.coding_of(BytesIO(data))
    except DECODER_ERRORS:
        return b""


def _is_odd_bitmap(data: bytes) -> bool:
    """Known headers, with a JPEG or PNG inside, or a depth that Pillow does not know."""
    if len(data) < 34 or int.from_bytes(data[14:18], "little") not in (40, 52, 56, 64, 108, 124):
        return False
    bits, coding = int.from_bytes(data[28:30], "little"), int.from_bytes(data[30:34], "little")
    return coding in (2, 4, 5) or (coding in (0, 3) and bits in (2, 64))


def _is_svg(head: bytes) -> bool:
    text = _unzipped(head[:_SNIFFED_BYTES]).replace(b"\0", b"")  # UTF-16 reads as ASCII without its zeros
    is_page = re.search(rb"<html[\s>]|<!doctype html", text, re.IGNORECASE)
    return _SVG_START.search(text) is not None and not is_page


def _unzipped(head: bytes) -> bytes:
    if not head.startswith(b"\x1f\x8b"):
        return head
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, _SNIFFED_BYTES)
    except zlib.error:
        return b""
