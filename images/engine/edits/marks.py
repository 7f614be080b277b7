"""Marks that a person makes on a cut-out, in the order in which they were made.

Each kind is a module of its own that knows how to read, write and apply its marks.
"""

from typing import TYPE_CHECKING

from images.engine.edits.fields import Fields
from images.engine.errors import BadRecipe
from images.engine.tiles import Bytes

if TYPE_CHECKING:
    from images.engine.edits.sources import Sources

MOST_MARKS = 5_000
MOST_POINTS = 50_000  # of all marks of a recipe together


class Mark:
    """What every kind of mark is: frozen, and a document of its own."""

    def document(self) -> dict[str, object]:
        raise NotImplementedError


def parse(documents: list[object], where: str = "marks") -> tuple[Mark, ...]:
    """Raises BadRecipe."""
    return tuple(_parsed(Fields(each, f"{where}.{index}")) for index, each in enumerate(documents))


def _parsed(fields: Fields) -> Mark:
    raise BadRecipe("recipe_choice", {"where": fields.path("op"), "choices": "–"})


def apply(alpha: Bytes, marks: tuple[Mark, ...], sources: "Sources") -> Bytes:
    """The alpha, uint8 (H, W) of the upright photo, as the marks leave it. The argument stays as it is."""
    return alpha
