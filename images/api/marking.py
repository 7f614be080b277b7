"""What is drawn in the web process itself: a sandbox's watermark, a ground that shines through."""

import threading
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps

from images.engine import Format
from images.engine.codecs.colour import converted, from_srgb
from images.engine.codecs.encode import encode
from images.engine.photo import Photo

Rgba = tuple[int, int, int, int]
Ground = Photo | Rgba | None

WORDS = "SANDBOX"
_INK = (255, 255, 255, 150)
_SHADE = (0, 0, 0, 120)
_one_at_a_time = threading.Lock()


def finish(picture: bytes, form: Format, *, watermark: bool, ground: Ground = None) -> bytes:
    """A PNG or WebP as another file: over a colour or a picture, with the word across it."""
    with _one_at_a_time:
        image = Image.open(BytesIO(picture), formats=("PNG", "WEBP"))
        icc, dpi = image.info.get("icc_profile"), image.info.get("dpi")
        drawn = image.convert("RGBA")
        if ground:
            drawn = Image.alpha_composite(_behind(ground, drawn.size, icc), drawn)
        if watermark:
            drawn = _marked(drawn)
        if not form.has_alpha:
            white = Image.new("RGBA", drawn.size, "white")
            drawn = Image.alpha_composite(white, drawn).convert("RGB")
        return encode(drawn, form, icc, dpi)


def _behind(ground: Photo | Rgba, size: tuple[int, int], icc: bytes | None) -> Image.Image:
    """In the colours of the cut-out, whose profile the file keeps.

    A picture fills the frame, centred, its aspect kept.
    """
    if isinstance(ground, tuple):
        return Image.new("RGBA", size, (*from_srgb(ground[:3], icc), ground[3]))
    rgb = converted(ground.rgb, ground.icc, icc)
    if ground.alpha:
        rgb.putalpha(ground.alpha)
    return ImageOps.fit(rgb.convert("RGBA"), size, Image.Resampling.LANCZOS)


def sample(preview: bytes) -> bytes:
    """A small picture as a sandbox gets it, as PNG."""
    return finish(preview, Format.PNG, watermark=True)


def alpha_of(png: bytes) -> bytes:
    """The alpha of a PNG alone, white where the subject is."""
    output = BytesIO()
    Image.open(BytesIO(png), formats=("PNG",)).convert("RGBA").getchannel("A").save(output, "PNG")
    return output.getvalue()


def _marked(picture: Image.Image) -> Image.Image:
    """The word in rows over everything, so that no crop is free of it."""
    layer = Image.new("RGBA", picture.size)
    size = max(12, max(picture.size) // 12)
    font, drawing = ImageFont.load_default(size), ImageDraw.Draw(layer)
    step = int(drawing.textlength(WORDS, font) * 1.3) or 1
    for row, top in enumerate(range(0, picture.height, size * 3)):
        for left in range(-(row % 2) * step // 2, picture.width, step):
            drawing.text((left + 1, top + 1), WORDS, _SHADE, font)
            drawing.text((left, top), WORDS, _INK, font)
    return Image.alpha_composite(picture, layer)
