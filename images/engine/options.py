"""What callers choose: limits, output format and background."""

from dataclasses import dataclass
from enum import StrEnum

Rgb = tuple[int, int, int]
Region = tuple[int, int, int, int]


class Stage(StrEnum):
    DECODE = "decode"
    PREDICT = "predict"
    REFINE = "refine"
    COMPOSITE = "composite"
    ENCODE = "encode"


class Format(StrEnum):
    """What can be written. ZIP is colour and alpha in a file each, for programs that mix them themselves."""

    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    JPEG = "jpeg"
    ZIP = "zip"

    @property
    def extension(self) -> str:
        return "jpg" if self is Format.JPEG else self.value

    @property
    def mime(self) -> str:
        return "application/zip" if self is Format.ZIP else f"image/{self.value}"

    @property
    def has_alpha(self) -> bool:
        return self is not Format.JPEG


class Colours(StrEnum):
    """In which colour space a result is: the photo's own, or the one that every program assumes."""

    KEEP = "keep"
    SRGB = "srgb"


class Kind(StrEnum):
    """What a picture is taken for. A graphic is drawn on an even ground: text, a logo, line art, a
    screenshot. AUTO takes for one only what clearly is."""

    AUTO = "auto"
    PHOTO = "photo"
    GRAPHIC = "graphic"


@dataclass(frozen=True, slots=True)
class Limits:
    """Checked before anything is decoded: a decoded pixel costs four bytes, several times over."""

    max_bytes: int = 30_000_000
    max_pixels: int = 50_000_000
    max_side: int = 30_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Options:
    """`background` is sRGB; None keeps transparency, or white where the format has none.

    `preview_side` is the longest side of the small pictures; 0 makes none.

    `region` is the part of the upright photo in which the subject is looked for, in pixels: left, top, right,
    bottom. What lies outside counts as background. `windows` leaves panes half transparent.
    `first_frame` takes the first picture of an animation or of several pages, which are refused else.
    """

    limits: Limits = DEFAULT_LIMITS
    format: Format = Format.PNG
    background: Rgb | None = None
    colours: Colours = Colours.KEEP
    preview_side: int = 1280
    region: Region | None = None
    windows: bool = True
    kind: Kind = Kind.AUTO
    first_frame: bool = False


DEFAULT_OPTIONS = Options()
