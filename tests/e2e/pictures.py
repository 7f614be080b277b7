"""The photo that the browser tests send: a shaded ball, in which IS-Net finds its subject for sure.

The wider a photo, the fewer pixels the network sees: this one costs half as much as one of 4:3.
"""

import io
import itertools

from PIL import Image, ImageDraw

SIZE = (900, 300)
CENTRE = (450, 150)
_numbers = itertools.count()


def ball(size: tuple[int, int] = SIZE) -> bytes:
    """A JPEG; no two calls make the same bytes."""
    image = Image.new("RGB", size, (96, 120, 150))
    draw = ImageDraw.Draw(image)
    width, height = size
    for step in range(60):
        light = step / 60
        colour = (int(190 + 65 * light), int(40 + 190 * light), int(20 + 190 * light))
        x, y, radius = (
            width / 2 - height * light / 10,
            height / 2 - height * light / 9,
            height * (1 - light) / 3,
        )
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return _saved(image)


def blank() -> bytes:
    """A JPEG with nothing in it to cut out."""
    return _saved(Image.new("RGB", (600, 400), (128, 128, 128)))


def _saved(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    # A number inside: the same photo sent twice in one upload would count as one.
    image.save(buffer, "JPEG", quality=90, comment=f"{next(_numbers)}")
    return buffer.getvalue()
