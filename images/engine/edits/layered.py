"""The layers of a picture as those of a PSD file: Original (hidden), Background, Shadow, Outline, Subject."""

from PIL import Image

from images.engine.codecs.psd import PsdLayer, encode_psd
from images.engine.edits.layers import Layers, Tint
from images.engine.options import Rgb


def write(layers: Layers, merged: Image.Image) -> bytes:
    """The subject's edge is a mask: whoever paints on it in an image program brings the photo back."""
    found = []
    if layers.original is not None:
        found.append(PsdLayer("Original", layers.original, is_visible=False))
    if layers.ground is not None:
        found.append(_ground(layers.ground, layers.size))
    found += [
        _tinted(name, tint)
        for name, tint in (("Shadow", layers.shadow), ("Outline", layers.outline))
        if tint is not None
    ]
    found.append(_subject(layers))
    return encode_psd(found, merged, layers.icc, layers.dpi)


def _ground(ground: Image.Image | Rgb, size: tuple[int, int]) -> PsdLayer:
    if isinstance(ground, Image.Image):
        return PsdLayer("Background", ground)
    return PsdLayer("Background", Image.new("RGB", (1, 1), ground), spread=size)


def _tinted(name: str, tint: Tint) -> PsdLayer:
    box = tint.strength.getbbox() or (0, 0, 1, 1)
    return PsdLayer(name, Tint(tint.colour, tint.strength.crop(box)).picture, None, box[0], box[1])


def _subject(layers: Layers) -> PsdLayer:
    box = layers.subject.getchannel("A").getbbox() or (0, 0, 1, 1)
    part = layers.subject.crop(box)
    alpha = part.getchannel("A")
    if layers.original is None:
        return PsdLayer("Subject", part.convert("RGB"), alpha, box[0], box[1])
    colours = layers.original.crop(box)
    colours.paste(part, mask=alpha.point([0] + [255] * 255))
    return PsdLayer("Subject", colours, alpha, box[0], box[1])
