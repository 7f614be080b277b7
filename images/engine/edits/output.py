"""Layers to the bytes of a file."""

from dataclasses import replace
from io import SEEK_END, BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np
from PIL import Image

from images.engine.codecs.colour import in_cmyk
from images.engine.codecs.deep import Depth
from images.engine.codecs.encode import QUALITIES, encode, encode_lossy
from images.engine.codecs.png import encode_png
from images.engine.codecs.tiff_writer import encode_tiff
from images.engine.edits import layered
from images.engine.edits.layers import Layers
from images.engine.edits.parts import Colours, Kind, Output
from images.engine.edits.sources import Sources
from images.engine.errors import BadRecipe, ImageTooLarge
from images.engine.options import Format

_WHITE = (255, 255, 255)
_MIMES = {Kind.PSD: "image/vnd.adobe.photoshop", Kind.ZIP: "application/zip", Kind.MASK: "image/png"}
_EXTENSIONS = {Kind.JPEG: "jpg", Kind.TIFF: "tif", Kind.MASK: "png"}
_LOSSY = {Kind.WEBP: Format.WEBP, Kind.AVIF: Format.AVIF, Kind.JPEG: Format.JPEG}
_DEEP = (Kind.PNG, Kind.TIFF)
_LOWEST_QUALITY = 10


def mime(kind: Kind) -> str:
    return _MIMES.get(kind, f"image/{kind.value}")


def extension(kind: Kind) -> str:
    return _EXTENSIONS.get(kind, kind.value)


def check(output: Output, sources: Sources) -> None:
    """Whether there is such a file, before anything is drawn. Raises BadRecipe."""
    if output.colours is Colours.CMYK and output.format is not Kind.TIFF:
        raise BadRecipe("cmyk_needs_tiff")
    if output.colours is Colours.CMYK and sources.cmyk is None:
        raise BadRecipe("no_cmyk_profile")
    if output.bits == 16 and (output.format not in _DEEP or output.colours is Colours.CMYK):
        raise BadRecipe("bits_need_png")


def grounded(layers: Layers, output: Output) -> Layers:
    """On white, where nobody has chosen a ground for a file that cannot be transparent."""
    needs_ground = output.format is Kind.JPEG or output.colours is Colours.CMYK
    if layers.ground is not None or not needs_ground:
        return layers
    return replace(layers, ground=_WHITE)


def write(layers: Layers, picture: Image.Image, output: Output, sources: Sources) -> BinaryIO:
    """A file, at its beginning. `picture` is what the layers make together. Raises EngineError."""
    if output.format is Kind.PSD:
        file: BinaryIO = TemporaryFile()  # noqa: SIM115 (closed by who reads it)
        layered.write(file, layers, picture)
    else:
        file = BytesIO(_written(layers, picture, output, sources))
    length = file.seek(0, SEEK_END)
    if output.max_bytes and length > output.max_bytes:
        raise too_heavy(length, output.max_bytes)
    file.seek(0)
    return file


def too_heavy(length: int, limit: int) -> ImageTooLarge:
    return ImageTooLarge("result_too_heavy", {"kilobytes": -(-length // 1000), "limit": limit // 1000})


def _written(layers: Layers, picture: Image.Image, output: Output, sources: Sources) -> bytes:
    if output.format is Kind.MASK:
        return _mask(layers)
    if output.format in _LOSSY:
        return _lossy(picture, layers, output)
    if output.bits == 16:
        return _deep(picture, layers, output)
    if output.format is Kind.TIFF:
        return _tiff(picture, layers, sources.cmyk if output.colours is Colours.CMYK else None)
    return encode(picture, Format(output.format.value), layers.icc, layers.dpi)


def _tiff(picture: Image.Image, layers: Layers, inks: bytes | None) -> bytes:
    if inks is None:
        return encode_tiff(np.asarray(picture), layers.icc, layers.dpi)
    converted = in_cmyk(picture, layers.icc, inks)
    return encode_tiff(np.asarray(converted), inks, layers.dpi, is_cmyk=True)


def _lossy(picture: Image.Image, layers: Layers, output: Output) -> bytes:
    """In the quality that was asked for, or in the highest one that is small enough."""
    kind = _LOSSY[output.format]

    def at(quality: int) -> bytes:
        return encode_lossy(picture, kind, layers.icc, layers.dpi, quality)

    best = output.quality or QUALITIES[kind]
    data, most = at(best), output.max_bytes
    if most is None or len(data) <= most:
        return data
    low, high, found = _LOWEST_QUALITY, best - 1, b""
    while low <= high:
        middle = (low + high) // 2
        data = at(middle)
        if len(data) <= most:
            low, found = middle + 1, data
        else:
            high = middle - 1
    return found or data


def _deep(picture: Image.Image, layers: Layers, output: Output) -> bytes:
    depth = _depth(layers)
    if output.format is Kind.TIFF:
        return encode_tiff(depth.rows(picture, 0, picture.height), layers.icc, layers.dpi)
    return encode_png(picture, layers.icc, layers.dpi, depth)


def _depth(layers: Layers) -> Depth:
    """Where the subject covers all else, the photo's own sixteen bits, if it has so many."""
    if layers.deep is None:
        nothing = np.broadcast_to(np.uint16(0), (layers.size[1], layers.size[0], 3))
        return Depth(nothing, Image.new("L", layers.size))
    return Depth(layers.deep, layers.subject.getchannel("A").point([0] * 255 + [255]))


def _mask(layers: Layers) -> bytes:
    """Alpha alone, as grey: white is the subject."""
    return encode_png(layers.subject.getchannel("A"), None, layers.dpi)
