"""An edit as a document: what is done to a cut-out, and never what the result looks like.

`parse` reads a document from anywhere and checks every field; `canonical` writes the shortest document that
says the same, without what is left as it comes; `digest` names it.
"""

import hashlib
import json
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from images.engine.edits import marks as mark
from images.engine.edits import reading
from images.engine.edits.fields import Fields, hexadecimal
from images.engine.edits.marks import Mark
from images.engine.edits.parts import (
    Box,
    Crop,
    Flip,
    Ground,
    Outline,
    Output,
    Place,
    Shadow,
    Transparent,
)
from images.engine.errors import BadRecipe

VERSION = 1
_TRANSPARENT, _AS_IT_LIES, _AS_IT_COMES = Transparent(), Place(), Output()


@dataclass(frozen=True, slots=True)
class Recipe:
    """Without `cutout` and `weights` it fits any cut-out: a preset."""

    cutout: UUID | None = None
    weights: str | None = None
    marks: tuple[Mark, ...] = ()
    ground: Ground = _TRANSPARENT
    shadow: Shadow | None = None
    outline: Outline | None = None
    place: Place = _AS_IT_LIES
    output: Output = _AS_IT_COMES

    @property
    def is_plain(self) -> bool:
        """Whether the result is the cut-out as it is stored."""
        return replace(self, cutout=None, weights=None) == Recipe()

    @property
    def as_preset(self) -> "Recipe":
        """What of it can be done to other photos."""
        crop = self.place.crop if isinstance(self.place.crop, Crop) else Crop.WHOLE
        place = replace(self.place, crop=crop, rotate=0, flip=Flip.NONE)
        return replace(self, cutout=None, weights=None, marks=(), place=place)


def parse(document: object) -> Recipe:
    """Raises BadRecipe, with a sentence that names the field."""
    top = Fields(document)
    if top.take("version") != VERSION:
        raise BadRecipe("recipe_version", {"version": VERSION})
    recipe = Recipe(
        cutout=top.id("cutout"),
        weights=top.text("weights", "[0-9a-f]{64}"),
        marks=mark.parse(top.items("marks", mark.MOST_MARKS)),
        ground=reading.ground(top.part("ground")),
        shadow=reading.shadow(top.part("shadow")),
        outline=reading.outline(top.part("outline")),
        place=reading.place(top.part("place")),
        output=reading.output(top.part("output")),
    )
    top.done()
    return recipe


def canonical(recipe: Recipe) -> dict[str, Any]:
    """Nothing that is as it comes; what `parse` reads back as the same recipe."""
    document: dict[str, Any] = {"version": VERSION}
    if recipe.cutout:
        document["cutout"] = str(recipe.cutout)
    if recipe.weights:
        document["weights"] = recipe.weights
    if recipe.marks:
        document["marks"] = [each.document() for each in recipe.marks]
    for name in ("ground", "shadow", "outline", "place", "output"):
        part = getattr(recipe, name)
        if part is not None and part != getattr(Recipe(), name):
            document[name] = _written(part)
    return document


def digest(recipe: Recipe) -> str:
    """SHA-256 of the canonical document."""
    text = json.dumps(canonical(recipe), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def bound(recipe: Recipe, cutout: UUID | None, weights: str | None) -> Recipe:
    """The same edit, of this cut-out."""
    return replace(recipe, cutout=cutout, weights=weights)


def _written(part: Any) -> Any:
    """A part without the fields that are as they come; its kind always."""
    if isinstance(part, Box):
        return [part.left, part.top, part.right, part.bottom]
    written = {"kind": part.kind} if hasattr(part, "kind") else {}
    for field in fields(part):
        value = getattr(part, field.name)
        if value != field.default:
            written[field.name] = _value(value)
    return written


def _value(value: Any) -> Any:
    if isinstance(value, StrEnum | UUID):
        return str(value)
    if isinstance(value, tuple):
        return hexadecimal(value) if len(value) == 3 else list(value)
    return _written(value) if hasattr(value, "__dataclass_fields__") else value
