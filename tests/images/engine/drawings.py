"""Graphics whose true alpha is known: text, logos, lines and a screenshot, drawn large and made smaller."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.images.engine.pictures import opened, saved

SIZE = (480, 320)
_LARGER = 4
Colour = tuple[int, int, int]
Stroke = tuple[Callable[[ImageDraw.ImageDraw], object], Colour]
BLACK, GREY, BLUE, RED, PALE = (15, 15, 20), (90, 90, 95), (20, 120, 200), (220, 40, 40), (250, 250, 250)


def _scaled(values: tuple[float, ...]) -> list[float]:
    return [value * _LARGER for value in values]


def text(x: int, y: int, words: str, height: int, ink: Colour) -> Stroke:
    font = ImageFont.load_default(height * _LARGER)
    return lambda draw: draw.text((x * _LARGER, y * _LARGER), words, fill=255, font=font), ink


def ring(box: tuple[int, int, int, int], width: int, ink: Colour) -> Stroke:
    return lambda draw: draw.ellipse(_scaled(box), outline=255, width=width * _LARGER), ink


def shape(points: tuple[float, ...], ink: Colour) -> Stroke:
    return lambda draw: draw.polygon(_scaled(points), fill=255), ink


def line(points: tuple[float, ...], width: float, ink: Colour) -> Stroke:
    return lambda draw: draw.line(_scaled(points), fill=255, width=round(width * _LARGER)), ink


DRAWINGS: dict[str, list[Stroke]] = {
    "text": [
        text(30, 30, "Nordwind Café", 56, BLACK),
        text(30, 120, "coffee roasters since 1984", 22, GREY),
        text(30, 170, "the quick brown fox jumps over the lazy dog", 12, BLACK),
    ],
    "logo": [
        ring((50, 40, 210, 200), 32, BLUE),
        shape((270, 60, 350, 200, 240, 220), RED),
        text(50, 240, "ALPINA", 50, BLUE),
    ],
    "line art": [
        ring((160, 40, 300, 180), 3, BLACK),
        line((230, 180, 230, 300), 2, BLACK),
        line((40, 40, 90, 260, 130, 60), 1, BLACK),
    ],
    "signature": [
        line(tuple(v for i in range(80) for v in (30 + 5 * i, 160 + 50 * np.sin(i * 0.7))), 2, (20, 40, 140)),
    ],
}


@dataclass(frozen=True)
class Drawn:
    picture: Image.Image
    alpha: NDArray[np.float64]  # (H, W), 0 to 1


def ground(first: Colour, last: Colour) -> NDArray[np.float64]:
    """(H, W, 3): one colour, or a gradient from left to right."""
    share = np.linspace(0, 1, SIZE[0])[None, :, None] * np.ones((SIZE[1], 1, 1))
    return np.asarray(np.array(first) * (1 - share) + np.array(last) * share)


def drawn(strokes: list[Stroke], background: NDArray[np.float64]) -> Drawn:
    colours, alpha = background, np.zeros(SIZE[::-1])
    for stroke, ink in strokes:
        large = Image.new("L", (SIZE[0] * _LARGER, SIZE[1] * _LARGER))
        stroke(ImageDraw.Draw(large))
        cover = np.asarray(large.resize(SIZE, Image.Resampling.BOX), np.float64) / 255
        colours = colours + cover[..., None] * (np.array(ink) - colours)
        alpha = 1 - (1 - alpha) * (1 - cover)
    return Drawn(Image.fromarray(np.rint(colours).astype(np.uint8)), alpha)


def made_smaller(strokes: list[Stroke], background: Colour) -> Image.Image:
    """As `drawn`, by the filter of most programs, which leaves bright and dark lines beside edges."""
    large = Image.new("RGB", (SIZE[0] * _LARGER, SIZE[1] * _LARGER), background)
    for stroke, ink in strokes:
        cover = Image.new("L", large.size)
        stroke(ImageDraw.Draw(cover))
        large.paste(ink, mask=cover)
    return noisy(large.resize(SIZE, Image.Resampling.LANCZOS))


def as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    return opened(saved(picture, "JPEG", quality=quality)).convert("RGB")


def noisy(picture: Image.Image) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 0.9, (picture.height, picture.width, 3))
    return Image.fromarray(np.rint(np.clip(np.asarray(picture) + noise, 0, 255)).astype(np.uint8))


def screenshot() -> Image.Image:
    """A header, a sidebar with words, and white cards with figures on a ground almost as pale."""
    image = Image.new("RGB", (800, 500), (246, 247, 249))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 800, 40), fill=(44, 55, 75))
    draw.text((20, 8), "Dashboard", fill="white", font=ImageFont.load_default(20))
    draw.rectangle((0, 41, 140, 500), fill=(231, 234, 239))
    for row, word in enumerate(("Home", "Orders", "Clients", "Stock")):
        draw.text((20, 70 + 40 * row), word, fill=(44, 55, 75), font=ImageFont.load_default(16))
    for left in (170, 380, 590):
        draw.rounded_rectangle((left, 70, left + 180, 170), 8, fill="white", outline=(212, 218, 226))
        draw.text((left + 20, 95), "1 284", fill=(30, 90, 190), font=ImageFont.load_default(30))
    for left in range(180, 700, 60):
        draw.rectangle((left, 460 - left % 190, left + 30, 460), fill=(89, 149, 229))
    return noisy(image)


def shaded(background: Colour, colour: Colour, has_shadow: bool) -> Image.Image:
    """A ball in soft light: a photo on an even ground, and no graphic."""
    width, height = SIZE
    x, y = np.meshgrid((np.arange(width) - width / 2) / 100, (np.arange(height) - height / 2) / 100)
    depth = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
    light = np.clip(0.3 + 0.7 * (0.8 * depth - 0.4 * x - 0.4 * y), 0.05, 1)[..., None]
    cover = np.clip((1 - np.hypot(x, y)) * 100 + 0.5, 0, 1)[..., None]
    shadow = np.exp(-((x - 0.2) ** 2 + ((y - 0.9) / 0.3) ** 2))[..., None] * (0.5 if has_shadow else 0)
    mixed = np.array(background) * (1 - shadow) * (1 - cover) + np.array(colour) * light * cover
    return noisy(Image.fromarray(np.rint(mixed).astype(np.uint8)))
