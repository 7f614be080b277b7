"""The subject as the marks leave it."""

import numpy as np
from PIL import Image

from images.engine.edits import marks as mark
from images.engine.edits.marks import Mark
from images.engine.edits.sources import Sources


def marked(sources: Sources, marks: tuple[Mark, ...]) -> Image.Image:
    """RGBA of the upright photo's size. Without marks it is the cut-out."""
    if not marks:
        return sources.cutout
    cutout = sources.cutout.copy()
    alpha = mark.apply(np.asarray(cutout.getchannel("A")), marks, sources)
    cutout.putalpha(Image.fromarray(alpha))
    return cutout
