"""The subject as the marks leave it: its alpha, and the colours of what they brought back."""

import numpy as np
from PIL import Image

from images.engine.edits import marks as mark
from images.engine.edits.marks import Mark
from images.engine.edits.sources import Sources
from images.engine.matte.foreground import with_own_colours
from images.engine.tiles import Bytes


def marked(sources: Sources, marks: tuple[Mark, ...]) -> Image.Image:
    """RGBA of the upright photo's size. Without marks it is the cut-out."""
    if not marks:
        return sources.cutout
    old = np.asarray(sources.cutout.getchannel("A"))
    return recoloured(sources, mark.apply(old, marks, sources))


def within_source(alpha: Bytes, old: Bytes, source: Bytes) -> Bytes:
    """What the source itself hides stays hidden, whatever brought it back; all uint8 (H, W)."""
    return np.where(alpha > old, np.minimum(alpha, source), alpha)


def recoloured(sources: Sources, alpha: Bytes) -> Image.Image:
    """The cut-out with another alpha, uint8 (H, W). What is brought back has the photo's own colour, at soft
    edges without its background; what is gone has none. Where alpha is as it was, no pixel changes.
    """
    old = np.asarray(sources.cutout.getchannel("A"))
    if sources.photo.alpha is not None:
        alpha = within_source(alpha, old, np.asarray(sources.photo.alpha))
    untouched, levels = (
        Image.fromarray((alpha == old).astype(np.uint8) * np.uint8(255)),
        Image.fromarray(alpha),
    )
    result = with_own_colours(sources.photo.rgb, levels, untouched)
    result.putalpha(levels)
    result.paste((0, 0, 0, 0), mask=levels.point([255] + [0] * 255))
    result.paste(sources.cutout, mask=untouched)
    return result
