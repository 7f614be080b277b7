"""Panes and veils made opaque, for whoever wants no ground to shine through a car's windows."""

import cv2
import numpy as np
from PIL import Image

# Less than this is background, however large: a window shows at least a quarter of itself.
_VISIBLE = 64
# Softness along the outline is the outline. It grows with the picture: 4 pixels, and 0.2 % of a side.
_OUTLINE_PIXELS, _OUTLINE_SHARE = 4, 0.002


def without_windows(alpha: Image.Image) -> Image.Image:
    """An L image: half-transparent parts within the subject become opaque, its edges stay soft."""
    values = np.asarray(alpha)
    inside = (values >= _VISIBLE).astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    outline = _OUTLINE_PIXELS + _OUTLINE_SHARE * max(values.shape)
    return Image.fromarray(np.where(depth > outline, np.uint8(255), values))
