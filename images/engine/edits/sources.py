"""What an edit is made from: bytes that are read when somebody looks, and decoded once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.codecs.decode import decode
from images.engine.errors import BadRecipe
from images.engine.photo import Photo

Read = Callable[[], bytes]


def _missing() -> bytes:
    raise BadRecipe("no_ground")


@dataclass
class Sources:
    """`cutout` reads the PNG of the cut-out, `original` the file that was sent, `picture` that of the ground.

    `original` is asked only for marks and for grounds made of the photo, `picture` only for one of one's own.
    `cmyk` is the profile of printing inks, if the operator has named one.
    """

    cutout_file: Read
    original_file: Read
    picture_file: Read = _missing
    cmyk: bytes | None = None

    @cached_property
    def _head(self) -> Image.Image:
        """What the file of the cut-out says of itself; its pixels are not read."""
        return Image.open(BytesIO(self.cutout_file()), formats=("PNG",))

    @cached_property
    def cutout(self) -> Image.Image:
        """RGBA, colour not multiplied by alpha, of the upright photo's size."""
        image = Image.open(BytesIO(self.cutout_file()), formats=("PNG",))
        return image if image.mode == "RGBA" else image.convert("RGBA")

    @property
    def deep(self) -> NDArray[np.uint16] | None:
        """The cut-out's colours in 16 bits (H, W, 3), where its file holds so many."""
        data = self.cutout_file()
        if data[24] != 16:  # the depth, in the first chunk of every PNG
            return None
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        return np.ascontiguousarray(np.asarray(pixels)[..., 2::-1], np.uint16)

    @property
    def size(self) -> tuple[int, int]:
        return self._head.size

    @property
    def icc(self) -> bytes | None:
        """Describes the colours of the cut-out; None means sRGB."""
        icc: bytes | None = self._head.info.get("icc_profile")
        return icc

    @property
    def dpi(self) -> tuple[float, float] | None:
        dpi: tuple[float, float] | None = self._head.info.get("dpi")
        return dpi

    @cached_property
    def photo(self) -> Photo:
        """Upright, in the colours of the cut-out."""
        return decode(self.original_file())

    @cached_property
    def picture(self) -> Photo:
        """The picture that takes the place of the background, upright."""
        return decode(self.picture_file())

    def let_go(self, *names: str) -> None:
        """Forget what was decoded, all of it or some: whoever looks again reads it again."""
        for name in names or ("cutout", "photo", "picture"):
            vars(self).pop(name, None)
