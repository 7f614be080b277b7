"""Layers to the bytes of a file."""

from dataclasses import replace
from io import BytesIO

from PIL import Image

from images.engine.codecs.encode import encode
from images.engine.edits.layers import Layers
from images.engine.edits.parts import Kind, Output
from images.engine.options import Format

_WHITE = (255, 255, 255)
_MIMES = {Kind.PSD: "image/vnd.adobe.photoshop", Kind.ZIP: "application/zip", Kind.MASK: "image/png"}
_EXTENSIONS = {Kind.JPEG: "jpg", Kind.TIFF: "tif", Kind.MASK: "png"}


def mime(kind: Kind) -> str:
    return _MIMES.get(kind, f"image/{kind.value}")


def extension(kind: Kind) -> str:
    return _EXTENSIONS.get(kind, kind.value)


def write(layers: Layers, output: Output) -> bytes:
    """Raises EngineError."""
    if output.format is Kind.MASK:
        return _mask(layers)
    picture = layers.merged()
    if output.format is Kind.JPEG and picture.mode == "RGBA":
        picture = replace(layers, ground=Image.new("RGB", layers.size, _WHITE)).merged()
    return encode(picture, Format(output.format.value), layers.icc, layers.dpi)


def _mask(layers: Layers) -> bytes:
    """Alpha alone, as grey: white is the subject."""
    output = BytesIO()
    dpi = {"dpi": layers.dpi} if layers.dpi else {}
    layers.subject.getchannel("A").save(output, "PNG", compress_level=1, **dpi)
    return output.getvalue()
