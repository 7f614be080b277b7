"""The subject as the marks leave it: its alpha, and the colours of what they brought back."""

import numpy as np
from PIL import Image

from images.engine.edits import marks as mark
from images.engine.edits.marks import Mark
from images.engine.edits.sources import Sources
from images.engine.matte.foreground import with_own_colours
from images.engine.tiles import Bytes, squares

_TILE = 512


def marked(sources: Sources, marks: tuple[Mark, ...]) -> Image.Image:
    """RGBA of the upright photo's size. Without marks it is the cut-out."""
    if not marks:
        return sources.cutout
    old = np.asarray(sources.cutout.getchannel("A"))
    return recoloured(sources, mark.apply(old, marks, sources))


def recoloured(sources: Sources, alpha: Bytes) -> Image.Image:
    """The cut-out with another alpha, uint8 (H, W). What is brought back has the photo's own colour, at soft
    edges without its background; what is gone has none. Where alpha is as it was, no pixel changes.
    """
    cutout = sources.cutout.copy()
    old = np.asarray(cutout.getchannel("A"))
    if sources.photo.alpha is not None:  # what the source itself hides stays hidden
        alpha = np.where(alpha > old, np.minimum(alpha, np.asarray(sources.photo.alpha)), alpha)
    as_it_was = alpha == old
    untouched = Image.fromarray(as_it_was.astype(np.uint8) * np.uint8(255))
    own = with_own_colours(sources.photo.rgb, Image.fromarray(alpha), untouched)
    for box in squares(cutout.size, _TILE):
        if (changed := ~as_it_was[box[1] : box[3], box[0] : box[2]]).any():
            _paste(cutout, own.crop(box), alpha[box[1] : box[3], box[0] : box[2]], changed, box)
    return cutout


def _paste(
    cutout: Image.Image,
    own: Image.Image,
    alpha: Bytes,
    changed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    box: tuple[int, int, int, int],
) -> None:
    pixels = np.array(cutout.crop(box))
    pixels[changed, :3] = np.asarray(own)[changed]
    pixels[..., 3] = alpha
    pixels[alpha == 0] = 0
    cutout.paste(Image.fromarray(pixels), box[:2])
