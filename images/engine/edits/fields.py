"""Reads a document from outside, field by field; whatever is not as it should be gets a sentence."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from images.engine.errors import BadRecipe
from images.engine.options import Rgb

Number = int | float
Choice = TypeVar("Choice", bound=StrEnum)

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DECIMALS = 3


class Fields:
    """One object of a document. Each field is taken by its name; `done` refuses what nobody has taken.

    Every method raises BadRecipe, which names the field by its path: `place.margins.top`.
    """

    def __init__(self, document: object, where: str = "") -> None:
        if not isinstance(document, Mapping):
            raise BadRecipe("recipe_damaged", {"where": where or "version"})
        self._values: dict[object, object] = dict(document)
        self._where = where

    def path(self, name: object) -> str:
        return f"{self._where}.{name}" if self._where else str(name)

    def take(self, name: str) -> object:
        return self._values.pop(name, None)

    def part(self, name: str) -> "Fields | None":
        """An object within this one; None where it is absent or null."""
        value = self.take(name)
        return None if value is None else Fields(value, self.path(name))

    def number(self, name: str, default: Number, least: Number, most: Number) -> Number:
        value = self.take(name)
        return default if value is None else as_number(value, least, most, self.path(name))

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.take(name)
        return default if value is None else as_whole(value, least, most, self.path(name))

    def choice(self, name: str, default: Choice) -> Choice:
        value = self.take(name)
        if value is None:
            return default
        try:
            return type(default)(str(value))
        except ValueError:
            choices = ", ".join(type(default))
            raise BadRecipe("recipe_choice", {"where": self.path(name), "choices": choices}) from None

    def colour(self, name: str, default: Rgb) -> Rgb:
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise BadRecipe("recipe_colour", {"where": self.path(name)})
        red, green, blue = bytes.fromhex(value[1:])
        return red, green, blue

    def id(self, name: str) -> UUID | None:
        value = self.take(name)
        if value is None:
            return None
        try:
            return UUID(str(value))
        except ValueError:
            raise BadRecipe("recipe_damaged", {"where": self.path(name)}) from None

    def text(self, name: str, pattern: str) -> str | None:
        value = self.take(name)
        if value is None:
            return None
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise BadRecipe("recipe_damaged", {"where": self.path(name)})
        return value

    def items(self, name: str, most: int) -> list[object]:
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadRecipe("recipe_damaged", {"where": self.path(name)})
        if len(value) > most:
            raise BadRecipe("recipe_too_long", {"count": len(value), "limit": most})
        return value

    def done(self) -> None:
        for name in self._values:
            raise BadRecipe("recipe_unknown", {"where": self.path(name)[:80]})


def as_number(value: object, least: Number, most: Number, where: str) -> Number:
    """To three decimals, and an int where there are none: 1.0 and 1 make the same recipe."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:  # type: ignore[operator]  # false for NaN, too
        raise BadRecipe("recipe_number", {"where": where, "least": least, "most": most})
    rounded = round(float(value), _DECIMALS)  # type: ignore[arg-type]
    return int(rounded) if rounded.is_integer() else rounded


def as_whole(value: object, least: int, most: int, where: str) -> int:
    number = as_number(value, least, most, where)
    if not isinstance(number, int):
        raise BadRecipe("recipe_number", {"where": where, "least": least, "most": most})
    return number


def hexadecimal(colour: Rgb) -> str:
    return f"#{bytes(colour).hex()}"
