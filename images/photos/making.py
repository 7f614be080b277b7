"""A photo's result in the form that somebody asks for.

The room of edits makes it and registers itself here; the rooms below only hand a recipe on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from images.photos.models import Photo

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A small picture in the store, and the size of the large one; `preview` is empty while it is made."""

    preview: str
    width: int
    height: int
    extension: str


@dataclass(frozen=True, slots=True)
class Maker:
    """`current` gives the recipe of a photo as it stands, {} where nothing was edited. `shown` asks for what
    a recipe makes. `answer` hands it over as a file of this ending, under this stem, and raises Http404 for
    an ending that there is not.
    """

    current: Callable[[Photo], Document]
    shown: Callable[[Photo, Document], Shown]
    answer: Callable[[HttpRequest, Photo, Document, str, str], HttpResponseBase]


_makers: list[Maker] = []


def register(maker: Maker) -> None:
    _makers[:] = [maker]


def maker() -> Maker:
    return _makers[0]
