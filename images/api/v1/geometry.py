"""Where the subject lies in the finished picture, from the contract's crop, margin, scale and position."""

from dataclasses import dataclass

from images.api.v1.forms import Position
from images.api.v1.measures import Length
from images.engine import Region

Pair = tuple[float, float]
Area = tuple[float, float, float, float]


class RegionError(ValueError):
    """The argument is the contract's code."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A canvas in whole pixels, the part of the photo that it shows, and where: left, top, width, height.

    `foreground` is the place of the subject, in the same four figures.
    """

    width: int
    height: int
    box: Region
    shown: Area
    foreground: Area

    @property
    def margins(self) -> dict[str, float | str]:
        """What the shown part leaves free, for a recipe's place."""
        left, top, width, height = self.shown
        sides = {
            "top": top,
            "right": self.width - left - width,
            "bottom": self.height - top - height,
            "left": left,
        }
        return {**{side: max(0.0, round(value, 3)) for side, value in sides.items()}, "unit": "px"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request says about place; margins are top, right, bottom, left."""

    crop: bool
    margins: tuple[Length, Length, Length, Length]
    scale: float | None
    position: Position | str
    most_pixels: float | None

    @property
    def moves(self) -> bool:
        """Whether anything but the size of the whole changes."""
        return self.crop or self.scale is not None or isinstance(self.position, Position)


def region(roi: list[Length], width: int, height: int) -> Region:
    """Left, top, right, bottom in pixels of the photo. Raises RegionError."""
    left, top, right, bottom = (
        round(side.of(whole)) for side, whole in zip(roi, (width, height) * 2, strict=True)
    )
    if right > width or bottom > height or left > width or top > height:
        raise RegionError("roi_exceeds_bounds")
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    if right - left < 1 or bottom - top < 1:
        raise RegionError("roi_region_empty")
    return left, top, right, bottom


def frame(size: tuple[int, int], subject: Region, wanted: Wanted) -> Frame:
    """`size` is the photo's, `subject` the box of what is visible in it."""
    if not wanted.moves:
        return _whole(size, subject, wanted)
    canvas, place, zoom = _full_size(size, subject, wanted)
    factor = _reduction(*canvas, wanted.most_pixels)
    width, height = _pixels(canvas[0] * factor), _pixels(canvas[1] * factor)
    # One scale for both sides: a pixel of rounding must not stretch the subject.
    scale = min(width / canvas[0], height / canvas[1]) * zoom
    shown = (subject[2] - subject[0]) * scale, (subject[3] - subject[1]) * scale
    left = min(place[0] * width / canvas[0], width - shown[0])
    top = min(place[1] * height / canvas[1], height - shown[1])
    area = (left, top, *shown)
    return Frame(width, height, subject, area, area)


def _whole(size: tuple[int, int], subject: Region, wanted: Wanted) -> Frame:
    """The photo's own frame, at most made smaller."""
    factor = _reduction(*size, wanted.most_pixels)
    width, height = _pixels(size[0] * factor), _pixels(size[1] * factor)
    across, down = width / size[0], height / size[1]
    left, top, right, bottom = subject
    foreground = left * across, top * down, (right - left) * across, (bottom - top) * down
    return Frame(width, height, (0, 0, *size), (0.0, 0.0, width, height), foreground)


def _full_size(size: tuple[int, int], subject: Region, wanted: Wanted) -> tuple[Pair, Pair, float]:
    """The canvas before it is made smaller; the subject's place in it, and how much larger it is there."""
    width, height = subject[2] - subject[0], subject[3] - subject[1]
    canvas, place = (float(size[0]), float(size[1])), (float(subject[0]), float(subject[1]))
    if wanted.crop:
        above, after, below, before = (
            side.of(whole) for side, whole in zip(wanted.margins, (height, width) * 2, strict=True)
        )
        canvas, place = (before + width + after, above + height + below), (before, above)
    zoom, position = 1.0, wanted.position
    if wanted.scale is not None:
        zoom = min(wanted.scale * canvas[0] / width, wanted.scale * canvas[1] / height)
        position = position or Position(0.5, 0.5)
    if isinstance(position, Position):
        place = (canvas[0] - width * zoom) * position.x, (canvas[1] - height * zoom) * position.y
    elif zoom != 1:
        place = _around(place, (width, height), zoom, canvas)
    return canvas, place, zoom


def _around(place: Pair, size: tuple[int, int], zoom: float, canvas: Pair) -> Pair:
    """`position=original` with a scale: the subject's middle stays, as far as the canvas goes."""
    moved = [
        min(max(0.0, at + length / 2 - length * zoom / 2), whole - length * zoom)
        for at, length, whole in zip(place, size, canvas, strict=True)
    ]
    return moved[0], moved[1]


def _reduction(width: float, height: float, most_pixels: float | None) -> float:
    if most_pixels is None or width * height <= most_pixels:
        return 1.0
    return float((most_pixels / (width * height)) ** 0.5)


def _pixels(length: float) -> int:
    return max(1, round(length))
