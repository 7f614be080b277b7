"""Lengths and places as the contract writes them: `30px`, `10%`, and a bare zero."""

import re
from dataclasses import dataclass

_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)(px|%)")


class BadMeasure(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class Length:
    """A number of pixels, or a share of some whole in per cent."""

    value: float
    is_share: bool

    def of(self, whole: float) -> float:
        return whole * self.value / 100 if self.is_share else self.value


ZERO = Length(0, is_share=False)


def length(text: str) -> Length:
    """Raises BadMeasure."""
    if re.fullmatch(r"0+(\.0+)?", text):
        return ZERO  # one client sends `roi=0 0 100% 100%`
    match = _LENGTH.fullmatch(text)
    if not match:
        raise BadMeasure(text)
    found = Length(float(match[1]), is_share=match[2] == "%")
    if found.is_share and found.value > 100:
        raise BadMeasure(text)
    return found


def lengths(text: str, *numbers: int) -> list[Length]:
    """As many as one of `numbers` says, with spaces between them."""
    words = text.split()
    if len(words) not in numbers:
        raise BadMeasure(text)
    return [length(word) for word in words]


def share(text: str, least: float = 0) -> float:
    """From 0 to 1. Raises BadMeasure for anything but a percentage."""
    match = _LENGTH.fullmatch(text)
    if not match or match[2] != "%" or not least <= float(match[1]) <= 100:
        raise BadMeasure(text)
    return float(match[1]) / 100
