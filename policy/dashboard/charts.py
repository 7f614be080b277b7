"""Pictures of numbers as SVG, drawn from plain values.

A picture fills whatever box it is put in: shapes stretch with it and lines keep their width. Words would
not, so that the scales stand beside it as HTML (`Scale`). Colours come from the style sheet by class.
Every picture has a title and a description for those who cannot see it; the numbers themselves belong into
a table below it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 1000, 240

Value = float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers in the order of the points; None where there is none. `look` is the class of its colour."""

    name: str
    values: Sequence[Value]
    look: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a picture: its name, its gist, and a text for each point."""

    title: str
    description: str
    points: Sequence[str]
    id: str


def top_of(*series: Series, is_stacked: bool = False) -> float:
    """The end of the scale: the first round number that nothing exceeds. 1 when there is nothing."""
    if is_stacked:
        most = max((sum(value or 0 for value in point) for point in _points(series)), default=0)
    else:
        most = max((value or 0 for one in series for value in one.values), default=0)
    if most <= 0 or not math.isfinite(most):
        return 1
    magnitude = 10.0 ** math.floor(math.log10(most))
    return next(step * magnitude for step in (1, 2, 4, 5, 8, 10) if most <= step * magnitude * (1 + 1e-9))


def line(words: Words, *series: Series) -> SafeString:
    """One line for each series, broken where a value is missing."""
    top = top_of(*series)
    parts = [_line(one, top) for one in series]
    return _picture(words, parts)


def area(words: Words, *series: Series) -> SafeString:
    """Series upon each other as filled areas; a missing value counts as 0."""
    top, floor = top_of(*series, is_stacked=True), [0.0] * len(words.points)
    parts = []
    for one in series:
        roof = [low + (value or 0) for low, value in zip(floor, one.values, strict=True)]
        way = " ".join([*_places(roof, top), *reversed(list(_places(floor, top)))])
        parts += [format_html('<polygon class="fill {}" points="{}"/>', one.look, way)]
        parts += [_line(Series(one.name, roof, one.look), top)]
        floor = roof
    return _picture(words, parts)


def bars(words: Words, *series: Series) -> SafeString:
    """One bar for each point, its series upon each other."""
    top, width = top_of(*series, is_stacked=True), WIDTH / max(1, len(words.points))
    gap = width * (0.15 if len(words.points) > 1 else 0.35)
    parts = []
    for number, point in enumerate(_points(series)):
        floor = 0.0
        for one, value in zip(series, point, strict=True):
            if value:
                x, y = number * width + gap, HEIGHT * (1 - (floor + value) / top)
                parts.append(_box(one.look, (x, y, width - 2 * gap, HEIGHT * value / top)))
                floor += value
    return _picture(words, parts)


def _points(series: Sequence[Series]) -> Iterator[tuple[Value, ...]]:
    return zip(*(one.values for one in series), strict=True)


def _box(look: str, place: tuple[float, float, float, float]) -> SafeString:
    x, y, width, height = (_short(number) for number in place)
    return format_html(
        '<rect class="fill {}" x="{}" y="{}" width="{}" height="{}"/>', look, x, y, width, height
    )


def _line(one: Series, top: float) -> SafeString:
    pieces = list(_pieces(one.values, top))
    dots = [piece[0] for piece in pieces if len(piece) == 1]
    return format_html(
        "{}{}",
        format_html_join(
            "", '<polyline class="line {}" points="{}"/>', ((one.look, " ".join(p)) for p in pieces)
        ),
        # A value between two gaps would be a line without length.
        format_html_join("", '<path class="dot {}" d="M{}h0"/>', ((one.look, dot) for dot in dots)),
    )


def _pieces(values: Sequence[Value], top: float) -> Iterator[list[str]]:
    """The stretches without gaps."""
    piece: list[str] = []
    for number, value in enumerate(values):
        if value is None:
            if piece:
                yield piece
            piece = []
        else:
            piece.append(_place(number, value, len(values), top))
    if piece:
        yield piece


def _places(values: Sequence[float], top: float) -> Iterator[str]:
    return (_place(number, value, len(values), top) for number, value in enumerate(values))


def _place(number: int, value: float, count: int, top: float) -> str:
    """Points stand in the middle of their share of the width, as bars do."""
    return f"{_short((number + 0.5) * WIDTH / count)},{_short(HEIGHT * (1 - value / top))}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _picture(words: Words, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img"'
        ' aria-labelledby="{id}-title {id}-description"><title id="{id}-title">{title}</title>'
        '<desc id="{id}-description">{description}</desc>{grid}{parts}{hints}</svg>',
        width=WIDTH,
        height=HEIGHT,
        id=words.id,
        title=words.title,
        description=words.description,
        grid=format_html_join(
            "", '<path class="grid" d="M0 {}h{}"/>', ((y, WIDTH) for y in (0, HEIGHT / 2, HEIGHT))
        ),
        parts=format_html_join("", "{}", ((part,) for part in parts)),
        hints=format_html_join("", "{}", ((hint,) for hint in _hints(words.points))),
    )


def _hints(points: Sequence[str]) -> Iterator[SafeString]:
    """What a pointer that rests on a point is told."""
    width = WIDTH / max(1, len(points))
    for number, text in enumerate(points):
        yield format_html(
            '<rect class="hint" x="{}" y="0" width="{}" height="{}"><title>{}</title></rect>',
            _short(number * width),
            _short(width),
            HEIGHT,
            text,
        )


def meter(value: float, top: float, look: str) -> SafeString:
    """How long a number is beside the longest of its column. The number stands beside it, so it is silent."""
    return format_html(
        '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="meter-ground" width="100" height="8"/>'
        '<rect class="fill {}" width="{}" height="8"/></svg>',
        look,
        _short(min(100.0, 100 * value / top) if top else 0),
    )
