"""The layers of a picture as those of a PSD file: Original (hidden), Background, Shadow, Outline, Subject."""

from functools import partial
from typing import BinaryIO

from PIL import Image

from images.engine.codecs.psd import ALPHA, COLOURS, MASK, PsdLayer, write_psd
from images.engine.edits.layers import Layers, Tint
from images.engine.options import Rgb

_STRIP_ROWS = 256
_Box = tuple[int, int, int, int]


def write(file: BinaryIO, layers: Layers, merged: Image.Image) -> None:
    """The subject's edge is a mask: whoever paints on it in an image program brings the photo back."""
    found = []
    if layers.original is not None:
        original = layers.original
        found.append(PsdLayer("Original", layers.size, original.getchannel, is_visible=False))
    if layers.ground is not None:
        found.append(PsdLayer("Background", layers.size, partial(_of_ground, layers.ground)))
    found += [
        _tinted(name, tint)
        for name, tint in (("Shadow", layers.shadow), ("Outline", layers.outline))
        if tint is not None
    ]
    found.append(_subject(layers))
    write_psd(file, found, merged, layers.icc, layers.dpi)


def _of_ground(ground: Image.Image | Rgb, band: int) -> Image.Image | int:
    return ground.getchannel(band) if isinstance(ground, Image.Image) else ground[band]


def _tinted(name: str, tint: Tint) -> PsdLayer:
    box = tint.strength.getbbox() or (0, 0, 1, 1)
    channel = partial(_of_tint, tint, box)
    return PsdLayer(name, _size(box), channel, (ALPHA, *COLOURS), box[0], box[1])


def _of_tint(tint: Tint, box: _Box, kind: int) -> Image.Image | int:
    return tint.strength.crop(box) if kind == ALPHA else tint.colour[kind]


def _subject(layers: Layers) -> PsdLayer:
    box = layers.subject.getchannel("A").getbbox() or (0, 0, 1, 1)
    # ImageMagick minds the mask of a layer only where that has transparency as well.
    kinds = (ALPHA, *COLOURS, MASK)
    return PsdLayer("Subject", _size(box), partial(_of_subject, layers, box), kinds, box[0], box[1])


def _of_subject(layers: Layers, box: _Box, kind: int) -> Image.Image | int:
    """Its own colours where it is visible, beyond them those of the photo."""
    if kind == ALPHA:
        return 255
    if kind == MASK or layers.original is None:
        return layers.subject.getchannel("A" if kind == MASK else kind).crop(box)
    colours = layers.original.getchannel(kind).crop(box)
    for top in range(box[1], box[3], _STRIP_ROWS):
        strip = layers.subject.crop((box[0], top, box[2], min(top + _STRIP_ROWS, box[3])))
        is_visible = strip.getchannel("A").point([0] + [255] * 255)
        colours.paste(strip.getchannel(kind), (0, top - box[1]), is_visible)
    return colours


def _size(box: _Box) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]
