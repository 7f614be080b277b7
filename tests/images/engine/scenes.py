"""Subjects with known alpha over known backgrounds, drawn in code."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Floats = NDArray[np.float32]
_FINER = 4  # shapes are drawn this much larger and averaged, for true partial cover at their edges


@dataclass(frozen=True, slots=True)
class Scene:
    """`alpha` float32 (H, W), `foreground` float32 (H, W, 3), both 0 to 1; `photo` is the composite."""

    alpha: Floats
    foreground: Floats
    photo: Image.Image

    def probabilities(self, side: int) -> Floats:
        """What a perfect network of this input size would say."""
        small = Image.fromarray(self.alpha).resize((side, side), Image.Resampling.BOX)
        probabilities: Floats = np.clip(np.asarray(small), 0, 1)
        return probabilities


def scene(shape: Image.Image) -> Scene:
    """An L image drawn _FINER times too large becomes an orange subject before a blue ground, both shaded."""
    size = (shape.width // _FINER, shape.height // _FINER)
    alpha = np.asarray(shape.reduce(_FINER), np.float32) / np.float32(255)
    foreground, background = _shaded((235, 170, 90), size), _shaded((40, 60, 130), size)
    mixed = foreground * alpha[..., None] + background * (1 - alpha[..., None])
    return Scene(alpha, foreground, Image.fromarray(np.rint(mixed * 255).astype(np.uint8)))


def _shaded(colour: tuple[int, int, int], size: tuple[int, int]) -> Floats:
    across = np.linspace(0.85, 1.05, size[0], dtype=np.float32)[None, :, None]
    down = np.linspace(1.05, 0.9, size[1], dtype=np.float32)[:, None, None]
    shaded: Floats = np.clip(across * down * np.asarray(colour, np.float32) / 255, 0, 1)
    return shaded


def _canvas(side: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    shape = Image.new("L", (side * _FINER, side * _FINER))
    return shape, ImageDraw.Draw(shape)


def ring(side: int = 512) -> Scene:
    """A finger ring: a band 6 % wide around a hole."""
    shape, draw = _canvas(side)
    whole = side * _FINER
    draw.ellipse((whole * 0.3, whole * 0.3, whole * 0.7, whole * 0.7), outline=255, width=int(whole * 0.06))
    return scene(shape)


def letters(side: int = 512) -> Scene:
    """An O, an A and a B of straight strokes, whose holes are 5 % wide."""
    shape, draw = _canvas(side)
    unit = side * _FINER / 20
    for left in (2, 8, 14):
        draw.rectangle((left * unit, 6 * unit, (left + 4) * unit, 14 * unit), fill=255)
        for top in (7, 11):
            draw.rectangle(((left + 1) * unit, top * unit, (left + 2) * unit, (top + 1) * unit), fill=0)
    return scene(shape)


def hairy(side: int = 512) -> Scene:
    """A head with 90 hairs, each one pixel and a half wide."""
    shape, draw = _canvas(side)
    middle, whole = side * _FINER / 2, side * _FINER
    draw.ellipse((whole * 0.3, whole * 0.3, whole * 0.7, whole * 0.7), fill=255)
    for angle in np.linspace(0, 2 * np.pi, 90, endpoint=False):
        tip = (middle + 0.4 * whole * np.cos(angle), middle + 0.4 * whole * np.sin(angle))
        draw.line((middle, middle, *tip), fill=255, width=int(1.5 * _FINER))
    return scene(shape)


def block(side: int = 512) -> Scene:
    """A plain square of half the width."""
    shape, draw = _canvas(side)
    whole = side * _FINER
    draw.rectangle((whole * 0.25, whole * 0.25, whole * 0.75, whole * 0.75), fill=255)
    return scene(shape)
