"""What a finished picture is made of, from the ground up, and how the layers become one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.edits.parts import Box
from images.engine.options import Rgb
from images.engine.tiles import Box as Edges
from images.engine.tiles import Floats, as_floats, floats, for_each, squares

# Alpha below this is no part of a subject: a network's faint doubts, far away from it, make no crop wider.
_FAINT = 8
_SIDE = 256


def visible(picture: Image.Image) -> Box | None:
    """Around what can be seen of an RGBA picture, or of an L one that is its alpha."""
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else picture
    found = alpha.point([0] * _FAINT + [255] * (256 - _FAINT)).getbbox()
    return Box(*found) if found else None


@dataclass(frozen=True, slots=True)
class Tint:
    """One colour, as strong as its L image says."""

    colour: Rgb
    strength: Image.Image

    @property
    def picture(self) -> Image.Image:
        """RGBA."""
        picture = Image.new("RGBA", self.strength.size, self.colour)
        picture.putalpha(self.strength)
        return picture


@dataclass(frozen=True, slots=True)
class Layers:
    """All of one size, and in the colours that `icc` describes; None means sRGB.

    `subject` is RGBA, colour not multiplied by alpha; `ground` RGB, or one colour, None where it stays
    transparent; `original` the RGB photo in its place, where somebody wants that; `deep` the subject's
    colours in uint16 (H, W, 3), where there are any that were not changed.
    """

    subject: Image.Image
    shadow: Tint | None = None
    outline: Tint | None = None
    ground: Image.Image | Rgb | None = None
    icc: bytes | None = None
    dpi: tuple[float, float] | None = None
    original: Image.Image | None = None
    deep: NDArray[np.uint16] | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.subject.size

    @property
    def box(self) -> Box | None:
        """Around what is visible of the subject."""
        return visible(self.subject)

    def merged(self) -> Image.Image:
        """RGB on a ground, else RGBA."""
        between = [tint for tint in (self.shadow, self.outline) if tint]
        if self.ground is not None:
            return _on(self.ground, between, self.subject)
        if not between:
            return self.subject
        picture = between[0].picture
        for tint in between[1:]:
            picture = Image.alpha_composite(picture, tint.picture)
        return Image.alpha_composite(picture, self.subject)


def _on(ground: Image.Image | Rgb, between: list[Tint], subject: Image.Image) -> Image.Image:
    picture = _canvas(ground, subject.size)
    if between:
        _mix(picture, between, subject)
    else:
        picture.paste(subject, mask=subject.getchannel("A"))
    return picture


def _canvas(ground: Image.Image | Rgb, size: tuple[int, int]) -> Image.Image:
    return ground.copy() if isinstance(ground, Image.Image) else Image.new("RGB", size, ground)


def _mix(picture: Image.Image, between: list[Tint], subject: Image.Image) -> None:
    """In place. In floats, since three roundings one after the other would be two levels off; and only where
    a tint shows, which for a shadow is a small part of the picture."""

    def mix(square: Edges) -> None:
        part = subject.crop(square)
        alpha = part.getchannel("A")
        tints = [(tint.colour, tint.strength.crop(square)) for tint in between]
        seen = [(colour, _share(strength)) for colour, strength in tints if strength.getbbox()]
        if not seen or alpha.getextrema()[0] == 255:
            picture.paste(part, square, alpha)
            return
        ground, share = picture.crop(square), _share(alpha)
        mixed = [
            _mixed(ground.getchannel(band), [*((colour[band], each) for colour, each in seen), (own, share)])
            for band, own in enumerate(part.split()[:3])
        ]
        picture.paste(Image.merge("RGB", mixed), square)

    for_each(mix, squares(picture.size, _SIDE))


def _mixed(ground: Image.Image, above: list[tuple[int | Image.Image, Floats]]) -> Image.Image:
    """One band, since NumPy takes three times as long over all of them at once. What lies above the ground is
    a level or an L picture, and how much of it is seen."""
    levels = np.array(ground, np.float32)
    for own, share in above:
        levels += (as_floats(own) - levels) * share
    return Image.fromarray(np.rint(levels).astype(np.uint8))


def _share(strength: Image.Image) -> Floats:
    return floats(np.asarray(strength))
