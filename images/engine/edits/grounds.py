"""What takes the place of the background: drawn in the finished frame."""

from PIL import Image

from images.engine.codecs.colour import from_srgb
from images.engine.edits.parts import Colour, Ground, Transparent
from images.engine.edits.place import Layout
from images.engine.edits.sources import Sources


def draw(ground: Ground, layout: Layout, sources: Sources, icc: bytes | None) -> Image.Image | None:
    """RGB of the frame's size in the colours of `icc`; None where it stays transparent."""
    if isinstance(ground, Transparent):
        return None
    if isinstance(ground, Colour):
        return Image.new("RGB", layout.size, from_srgb(ground.colour, icc))
    raise NotImplementedError(ground.kind)
