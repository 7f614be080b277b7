"""What staff see of pictures: facts, and the pixels for a reason that the owner reads (promise P13)."""

from images.access import admin as _access  # noqa: F401 (each part keeps its own)
from images.gallery import admin as _gallery  # noqa: F401
