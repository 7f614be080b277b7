"""What an edit is made of: grounds, shadows, outline, place and output, as plain frozen values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from images.engine.edits.fields import Number
from images.engine.options import Rgb

WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (191, 191, 191)


class Shape(StrEnum):
    LINEAR = "linear"
    RADIAL = "radial"


class Fit(StrEnum):
    """How a picture meets a frame of another shape: cut off at its edges, or whole with bars."""

    FILL = "fill"
    FIT = "fit"


class Unit(StrEnum):
    PERCENT = "%"
    PIXELS = "px"


class Scale(StrEnum):
    """How what is shown meets a canvas of a given size."""

    FIT = "fit"
    SHRINK = "shrink"  # as fit, but nothing is enlarged
    FILL = "fill"
    NONE = "none"


class Flip(StrEnum):
    NONE = "none"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    BOTH = "both"


class Across(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Down(StrEnum):
    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Kind(StrEnum):
    """What a finished file is."""

    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    JPEG = "jpeg"
    TIFF = "tiff"
    ZIP = "zip"
    PSD = "psd"
    MASK = "mask"


class Colours(StrEnum):
    KEEP = "keep"
    SRGB = "srgb"
    CMYK = "cmyk"


# Grounds


@dataclass(frozen=True, slots=True)
class Transparent:
    kind: ClassVar[str] = "transparent"


@dataclass(frozen=True, slots=True)
class Colour:
    kind: ClassVar[str] = "colour"
    colour: Rgb = WHITE


@dataclass(frozen=True, slots=True)
class Gradient:
    """`angle` as in CSS: degrees clockwise, 0 runs upwards and 90 to the right. A radial one has none: it
    runs from the middle to the corners.
    """

    kind: ClassVar[str] = "gradient"
    shape: Shape = Shape.LINEAR
    start: Rgb = WHITE
    end: Rgb = GREY
    angle: Number = 180


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of one's own, named by its id. `x` and `y` say which part shows where it is cut off, or where
    it lies between its bars, from 0 (left, top) to 1; `colour` is that of the bars.
    """

    kind: ClassVar[str] = "picture"
    picture: UUID
    fit: Fit = Fit.FILL
    x: Number = 0.5
    y: Number = 0.5
    colour: Rgb = WHITE


@dataclass(frozen=True, slots=True)
class Blur:
    """The photo's own background. `strength` is the standard deviation in per cent of its longer side."""

    kind: ClassVar[str] = "blur"
    strength: Number = 1


@dataclass(frozen=True, slots=True)
class Grey:
    """The photo's own background without its colours; `strength` in per cent."""

    kind: ClassVar[str] = "grey"
    strength: Number = 100


@dataclass(frozen=True, slots=True)
class Dark:
    kind: ClassVar[str] = "dark"
    strength: Number = 50


Ground = Transparent | Colour | Gradient | Picture | Blur | Grey | Dark
OF_THE_PHOTO = (Blur, Grey, Dark)


# What lies between ground and subject. Lengths in per cent are of the longer side of the subject's box.


@dataclass(frozen=True, slots=True)
class Drop:
    """A shadow cast on a wall behind. `angle`: where it falls, clockwise from above: 180 is straight down.
    `softness` is where it has faded away, three standard deviations.
    """

    kind: ClassVar[str] = "drop"
    angle: Number = 135
    distance: Number = 3
    softness: Number = 4
    opacity: Number = 40
    colour: Rgb = BLACK
    unit: Unit = Unit.PERCENT


@dataclass(frozen=True, slots=True)
class Contact:
    """A shadow below what stands on the ground; `height` is that of the pool, from its middle."""

    kind: ClassVar[str] = "contact"
    height: Number = 3
    softness: Number = 4
    opacity: Number = 60
    colour: Rgb = BLACK
    unit: Unit = Unit.PERCENT


Shadow = Drop | Contact


@dataclass(frozen=True, slots=True)
class Outline:
    width: Number = 2
    colour: Rgb = WHITE
    unit: Unit = Unit.PERCENT


# Place


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels of the photo, upright, turned and flipped."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


class Crop(StrEnum):
    WHOLE = "whole"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Margins:
    """Around what is shown; per cent are of the finished picture's width and height."""

    top: Number = 0
    right: Number = 0
    bottom: Number = 0
    left: Number = 0
    unit: Unit = Unit.PERCENT


@dataclass(frozen=True, slots=True)
class Canvas:
    """The finished picture: by width and height, or by its longest side, by a ratio, or by these two."""

    width: int | None = None
    height: int | None = None
    longest: int | None = None
    ratio: tuple[Number, Number] | None = None


@dataclass(frozen=True, slots=True)
class Align:
    x: Across = Across.CENTRE
    y: Down = Down.MIDDLE


@dataclass(frozen=True, slots=True)
class Place:
    """Flipped first, then turned by `rotate` degrees clockwise, then cut, then put on the canvas."""

    crop: Crop | Box = Crop.WHOLE
    margins: Margins = Margins()
    canvas: Canvas | None = None
    align: Align = Align()
    scale: Scale = Scale.FIT
    rotate: Number = 0
    flip: Flip = Flip.NONE


@dataclass(frozen=True, slots=True)
class Output:
    """`quality` counts for WebP, AVIF and JPEG, None is the format's own; `max_bytes` for these, too.

    `dpi` None is what the photo says.
    """

    format: Kind = Kind.PNG
    quality: int | None = None
    max_bytes: int | None = None
    bits: int = 8
    dpi: int | None = None
    colours: Colours = Colours.KEEP
