"""Where a picture lies in the finished frame, as figures: no pixel is touched here."""

from dataclasses import dataclass

from images.engine.edits.parts import Across, Box, Canvas, Crop, Down, Margins, Place, Scale, Unit
from images.engine.errors import BadRecipe, ImageTooLarge, NoSubject
from images.engine.options import DEFAULT_LIMITS, Limits

_SHARES = {Across.LEFT: 0.0, Across.CENTRE: 0.5, Across.RIGHT: 1.0}
_HEIGHTS = {Down.TOP: 0.0, Down.MIDDLE: 0.5, Down.BOTTOM: 1.0}


@dataclass(frozen=True, slots=True)
class Layout:
    """The point (x, y) of the turned picture lies at (x · scale + left, y · scale + top) of the frame.

    The picture may be `reduced`, so many times smaller than the photo whose lengths a recipe says.
    """

    width: int
    height: int
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    reduced: float = 1.0

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def is_exact(self) -> bool:
        """Whether pixels are copied as they are."""
        return self.scale == 1 and float(self.left).is_integer() and float(self.top).is_integer()

    @property
    def unit(self) -> float:
        """How many pixels of the frame a length of one pixel takes that the recipe says."""
        return self.scale / self.reduced

    def shrunk(self, share: float, reduced: float) -> "Layout":
        """So many times the frame, for a picture that is `reduced` times smaller."""
        width, height = (max(round(side * share), 1) for side in self.size)
        scale = self.scale * share * reduced
        return Layout(width, height, scale, self.left * share, self.top * share, reduced)

    def box(self, box: Box) -> Box:
        """A box of the picture in the frame, in whole pixels around it."""
        return Box(
            max(int(box.left * self.scale + self.left), 0),
            max(int(box.top * self.scale + self.top), 0),
            min(-int(-(box.right * self.scale + self.left) // 1), self.width),
            min(-int(-(box.bottom * self.scale + self.top) // 1), self.height),
        )


@dataclass(frozen=True, slots=True)
class _Axis:
    """One side of the frame: `share` of it and `pixels` of it are margins, `before` is where they begin."""

    length: int  # of what is shown
    start_share: float
    end_share: float
    start_pixels: float
    end_pixels: float

    @property
    def share(self) -> float:
        return self.start_share + self.end_share

    @property
    def pixels(self) -> float:
        return self.start_pixels + self.end_pixels

    def frame(self, scale: float) -> float:
        """How long a frame has to be around what is shown."""
        return (self.length * scale + self.pixels) / (1 - self.share)

    def inner(self, frame: float) -> float:
        """What a frame leaves for it."""
        inner = frame * (1 - self.share) - self.pixels
        if inner < 1:
            raise BadRecipe("margins_too_wide")
        return inner

    def offset(self, frame: int, scale: float, share: float) -> float:
        free = self.inner(frame) - self.length * scale
        return frame * self.start_share + self.start_pixels + free * share


def shown(place: Place, size: tuple[int, int], grown: Box | None) -> Box:
    """What the frame is laid around, in the turned picture.

    `grown` is the box of what is visible with its shadow and outline, None where nothing is: a frame around
    the whole picture or around the subject has room for them. Raises BadRecipe, NoSubject.
    """
    width, height = size
    if isinstance(place.crop, Box):
        cut = within(place.crop, size)
        if cut.width < 1 or cut.height < 1:
            raise BadRecipe("crop_outside", {"width": width, "height": height})
        return cut
    if place.crop is Crop.SUBJECT:
        if grown is None:
            raise NoSubject("no_subject_left")
        return grown
    whole = Box(0, 0, width, height)
    return around(whole, grown) if grown else whole


def around(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def within(box: Box, size: tuple[int, int]) -> Box:
    return Box(max(box.left, 0), max(box.top, 0), min(box.right, size[0]), min(box.bottom, size[1]))


def layout(place: Place, shown: Box, limits: Limits = DEFAULT_LIMITS) -> Layout:
    """Raises BadRecipe for margins that leave no room, ImageTooLarge for a frame beyond the limits."""
    across, down = _axes(place.margins, shown)
    width, height, scale = _frame(place, across, down)
    check_size(width, height, limits)
    left = across.offset(width, scale, _SHARES[place.align.x]) - shown.left * scale
    top = down.offset(height, scale, _HEIGHTS[place.align.y]) - shown.top * scale
    if scale == 1:
        left, top = round(left), round(top)  # no pixel is smeared over two
    return Layout(width, height, scale, left, top)


def check_size(width: int, height: int, limits: Limits) -> None:
    sides: dict[str, object] = {"width": width, "height": height}
    if width * height > limits.max_pixels:
        megapixels = {"megapixels": _millions(width * height), "limit": _millions(limits.max_pixels)}
        raise ImageTooLarge("result_too_large", sides | megapixels)
    if max(width, height) > limits.max_side:
        raise ImageTooLarge("too_long_side", sides | {"limit": limits.max_side})


def _axes(margins: Margins, shown: Box) -> tuple[_Axis, _Axis]:
    sides = (margins.left, margins.right, margins.top, margins.bottom)
    shares = [side / 100 if margins.unit is Unit.PERCENT else 0.0 for side in sides]
    pixels = [float(side) if margins.unit is Unit.PIXELS else 0.0 for side in sides]
    return (
        _Axis(shown.width, shares[0], shares[1], pixels[0], pixels[1]),
        _Axis(shown.height, shares[2], shares[3], pixels[2], pixels[3]),
    )


def _frame(place: Place, across: _Axis, down: _Axis) -> tuple[int, int, float]:
    """Width, height and scale."""
    canvas = place.canvas or Canvas()
    if canvas.width and canvas.height:
        return _fixed(canvas.width, canvas.height, place.scale, across, down)
    if canvas.ratio and canvas.longest:
        return _fixed(*_sides(canvas.ratio, canvas.longest), place.scale, across, down)
    if canvas.ratio:
        ratio = canvas.ratio[0] / canvas.ratio[1]
        width = max(across.frame(1), down.frame(1) * ratio)
        return _pixels(width), _pixels(width / ratio), 1.0
    if canvas.longest:
        return _longest(canvas.longest, place.scale, across, down)
    return _pixels(across.frame(1)), _pixels(down.frame(1)), 1.0


def _fixed(width: int, height: int, mode: Scale, across: _Axis, down: _Axis) -> tuple[int, int, float]:
    scales = across.inner(width) / across.length, down.inner(height) / down.length
    scale = max(scales) if mode is Scale.FILL else min(scales)
    if mode is Scale.SHRINK:
        scale = min(scale, 1.0)
    return width, height, 1.0 if mode is Scale.NONE else scale


def _longest(longest: int, mode: Scale, across: _Axis, down: _Axis) -> tuple[int, int, float]:
    scale = min(across.inner(longest) / across.length, down.inner(longest) / down.length)
    if mode in (Scale.SHRINK, Scale.NONE):
        scale = min(scale, 1.0)
    width, height = _pixels(across.frame(scale)), _pixels(down.frame(scale))
    return min(width, longest), min(height, longest), scale


def _sides(ratio: tuple[float, float], longest: int) -> tuple[int, int]:
    across, down = ratio
    if across >= down:
        return longest, _pixels(longest * down / across)
    return _pixels(longest * across / down), longest


def _pixels(length: float) -> int:
    return max(round(length), 1)


def _millions(number: int) -> str:
    return f"{number / 1_000_000:.1f}".removesuffix(".0")
