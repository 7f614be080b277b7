"""Marks that a person makes on a cut-out, in the order in which they were made.

Each kind knows how to read, write and apply its marks; the work itself is in a module of its own. Some are
exact, the same in the page and here (`is_exact`); what the others do, the page asks the server.
"""

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PIL import Image

from images.engine.edits import select
from images.engine.edits.fields import Fields, as_whole
from images.engine.edits.select import Mode
from images.engine.edits.snap import snapped
from images.engine.edits.strokes import FULL, MOST_RADIUS, QUARTERS, Brush, Stroke, effort, paint
from images.engine.errors import BadRecipe
from images.engine.tiles import Box, Bytes

if TYPE_CHECKING:
    from images.engine.edits.sources import Sources

MOST_MARKS = 5_000
MOST_POINTS = 50_000  # of all marks of a recipe together
# Of all strokes together, as `effort` counts them: eleven points far apart already are millions of dabs. Two
# hundred strokes from corner to corner of fifty megapixels stay below; all of it is half a minute and 200 MB.
MOST_EFFORT = 2_000_000
# Of marks that are not exact, each of which takes up to half a second on a large photo: more than anybody who
# follows edges all day has set, since an edit that is stored and longer could not be read any more.
MOST_INEXACT = 1_000
_MOST_CLICKS = 40
_MOST_CELLS = 512 * 512
_FARTHEST = 60_000  # pixels: a stroke may leave the picture, but comes from somewhere
_TEXT = r"[A-Za-z0-9+/=]{1,400000}"


class Mark:
    """What every kind of mark is: frozen, and a document of its own."""

    is_exact: ClassVar[bool] = False

    def document(self) -> dict[str, object]:
        raise NotImplementedError

    def apply(self, alpha: Bytes, sources: "Sources") -> Bytes:
        """uint8 (H, W) to a new one, or the same one changed."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class StrokeMark(Mark):
    stroke: Stroke

    @property
    def is_exact(self) -> bool:  # type: ignore[override]
        return not self.stroke.snap

    def document(self) -> dict[str, object]:
        stroke, brush = self.stroke, self.stroke.brush
        document: dict[str, object] = {"op": "stroke", "keep": stroke.keep, "radius": brush.radius}
        if stroke.snap:
            document["snap"] = True
        if brush.hardness != FULL:
            document["hardness"] = brush.hardness
        if brush.opacity != FULL:
            document["opacity"] = brush.opacity
        places = np.array([point[:2] for point in stroke.points])
        moves = np.diff(places, axis=0, prepend=np.zeros((1, 2), places.dtype))
        document["points"] = moves.reshape(-1).tolist()
        pressure = [point[2] for point in stroke.points]
        if set(pressure) != {FULL}:
            document["pressure"] = pressure
        return document

    def apply(self, alpha: Bytes, sources: "Sources") -> Bytes:
        if self.stroke.snap:
            return snapped(alpha, self.stroke, sources.photo.rgb)[0]
        paint(alpha, self.stroke)
        return alpha


@dataclass(frozen=True, slots=True)
class PartMark(Mark):
    """A connected part, or with `by_colour` what is of one colour."""

    x: int
    y: int
    keep: bool
    by_colour: bool = False

    def document(self) -> dict[str, object]:
        document: dict[str, object] = {"op": "part", "at": [self.x, self.y], "keep": self.keep}
        return {**document, "by": "colour"} if self.by_colour else document

    def apply(self, alpha: Bytes, sources: "Sources") -> Bytes:
        if not (0 <= self.x < alpha.shape[1] and 0 <= self.y < alpha.shape[0]):
            raise BadRecipe("mark_outside")
        if self.by_colour:
            return select.colour(alpha, sources.photo.rgb, self.x, self.y, self.keep)
        return select.part(alpha, self.x, self.y, self.keep)


@dataclass(frozen=True, slots=True)
class AreaMark(Mark):
    """What a network has found, kept in the recipe: it can be done again where the network is missing.

    `levels` is uint8 (h, w), packed; it lies on `box`, pixels of the photo, or on all of it. `clicks` tell
    what was asked, three numbers each: x, y and whether that was wanted.
    """

    mode: Mode
    size: tuple[int, int]
    levels: str
    box: Box | None = None
    clicks: tuple[tuple[int, int, int], ...] = ()

    @classmethod
    def of(
        cls, mode: Mode, levels: Bytes, box: Box | None = None, clicks: tuple[tuple[int, int, int], ...] = ()
    ) -> "AreaMark":
        text = base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode()
        return cls(mode, (levels.shape[1], levels.shape[0]), text, box, clicks)

    def document(self) -> dict[str, object]:
        document: dict[str, object] = {"op": "box" if self.box else "select", "mode": str(self.mode)}
        if self.box:
            document["box"] = list(self.box)
        if self.clicks:
            document["clicks"] = [list(click) for click in self.clicks]
        return {**document, "size": list(self.size), "levels": self.levels}

    def apply(self, alpha: Bytes, sources: "Sources") -> Bytes:
        probabilities = select.probabilities_of(self._unpacked())
        photo = sources.photo.rgb
        if self.box is None:
            return select.combined(alpha, select.edge_of(probabilities, photo), self.mode)
        box = _within(self.box, alpha.shape)
        edge = select.edge_of(probabilities, photo.crop(box))
        return select.within(alpha, edge, box, self.mode)

    def _unpacked(self) -> Bytes:
        width, height = self.size
        try:
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(base64.b64decode(self.levels, validate=True), width * height + 1)
        except (binascii.Error, ValueError, zlib.error):
            raise BadRecipe("recipe_damaged", {"where": "levels"}) from None
        if len(data) != width * height:
            raise BadRecipe("recipe_damaged", {"where": "levels"})
        return np.frombuffer(data, np.uint8).reshape(height, width)


def _within(box: Box, shape: tuple[int, ...]) -> Box:
    left, top, right, bottom = box
    inside = (max(left, 0), max(top, 0), min(right, shape[1]), min(bottom, shape[0]))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        raise BadRecipe("mark_outside")
    return inside


def parse(documents: list[object], where: str = "marks") -> tuple[Mark, ...]:
    """Raises BadRecipe."""
    marks = tuple(_parsed(Fields(each, f"{where}.{index}")) for index, each in enumerate(documents))
    _check(sum(not mark.is_exact for mark in marks), MOST_INEXACT)
    strokes = [mark.stroke for mark in marks if isinstance(mark, StrokeMark)]
    _check(sum(len(stroke.points) for stroke in strokes), MOST_POINTS)
    _check(sum(map(effort, strokes)), MOST_EFFORT)
    return marks


def _check(count: int, limit: int) -> None:
    if count > limit:
        raise BadRecipe("recipe_too_long", {"count": count, "limit": limit})


def _parsed(fields: Fields) -> Mark:
    reader = {"stroke": _stroke, "part": _part, "select": _select, "box": _box}.get(str(fields.take("op")))
    if reader is None:
        choices = "stroke, part, select, box"
        raise BadRecipe("recipe_choice", {"where": fields.path("op"), "choices": choices})
    mark = reader(fields)
    fields.done()
    return mark


def _stroke(fields: Fields) -> Mark:
    brush = Brush(
        fields.whole("radius", 40 * QUARTERS, 2, MOST_RADIUS),
        fields.whole("hardness", FULL, 0, FULL),
        fields.whole("opacity", FULL, 1, FULL),
    )
    keep, snap = _truth(fields, "keep"), _truth(fields, "snap")
    return StrokeMark(Stroke(brush, _points(fields), keep, snap))


def _points(fields: Fields) -> tuple[tuple[int, int, int], ...]:
    where, most = fields.path("points"), _FARTHEST * QUARTERS
    moves = _wholes(fields.items("points", 2 * MOST_POINTS), -2 * most, 2 * most, where)
    pressure = _wholes(fields.items("pressure", MOST_POINTS), 0, FULL, fields.path("pressure"))
    if not moves or len(moves) % 2 or (pressure and len(pressure) * 2 != len(moves)):
        raise BadRecipe("recipe_damaged", {"where": where})
    places = np.cumsum(np.reshape(np.array(moves, np.int64), (-1, 2)), 0)
    if np.abs(places).max() > most:
        raise BadRecipe("recipe_number", {"where": where, "least": -most, "most": most})
    found = places.tolist()
    return tuple((x, y, p) for (x, y), p in zip(found, pressure or [FULL] * len(found), strict=True))


def _wholes(values: list[object], least: int, most: int, where: str) -> list[int]:
    """Fast where all is well, which fifty thousand points need."""
    if all(type(value) is int and least <= value <= most for value in values):
        return values  # type: ignore[return-value]
    return [as_whole(value, least, most, where) for value in values]


def _part(fields: Fields) -> Mark:
    x, y = _place(fields.items("at", 2), fields.path("at"))
    by = fields.text("by", "shape|colour")
    return PartMark(x, y, _truth(fields, "keep"), by == "colour")


def _select(fields: Fields) -> Mark:
    clicks = []
    for each in fields.items("clicks", _MOST_CLICKS):
        where = fields.path("clicks")
        if not isinstance(each, list) or len(each) != 3:
            raise BadRecipe("recipe_damaged", {"where": where})
        clicks.append((*_place(each[:2], where), as_whole(each[2], 0, 1, where)))
    return _area(fields, None, tuple(clicks))


def _box(fields: Fields) -> Mark:
    edges = _wholes(fields.items("box", 4), 0, _FARTHEST, fields.path("box"))
    if len(edges) != 4 or edges[0] >= edges[2] or edges[1] >= edges[3]:
        raise BadRecipe("recipe_damaged", {"where": fields.path("box")})
    return _area(fields, (edges[0], edges[1], edges[2], edges[3]), ())


def _area(fields: Fields, box: Box | None, clicks: tuple[tuple[int, int, int], ...]) -> Mark:
    width, height = _place(fields.items("size", 2), fields.path("size"))
    levels = fields.text("levels", _TEXT)
    if levels is None or not 0 < width * height <= _MOST_CELLS:
        raise BadRecipe("recipe_damaged", {"where": fields.path("levels")})
    return AreaMark(fields.choice("mode", Mode.ONLY), (width, height), levels, box, clicks)


def _place(values: list[object], where: str) -> tuple[int, int]:
    if len(values) != 2:
        raise BadRecipe("recipe_damaged", {"where": where})
    x, y = (as_whole(value, 0, _FARTHEST, where) for value in values)
    return x, y


def _truth(fields: Fields, name: str) -> bool:
    value = fields.take(name)
    if value not in (None, True, False):
        raise BadRecipe("recipe_damaged", {"where": fields.path(name)})
    return bool(value)


def apply(alpha: Bytes, marks: tuple[Mark, ...], sources: "Sources") -> Bytes:
    """The alpha, uint8 (H, W) of the upright photo, as the marks leave it. The argument stays as it is."""
    alpha = alpha.copy()
    for mark in marks:
        alpha = mark.apply(alpha, sources)
    return alpha


def resized(levels: Bytes, side: int) -> Bytes:
    """No side longer than `side`."""
    scale = min(1.0, side / max(levels.shape))
    size = (max(1, round(levels.shape[1] * scale)), max(1, round(levels.shape[0] * scale)))
    return np.asarray(Image.fromarray(levels).resize(size, Image.Resampling.BOX))
