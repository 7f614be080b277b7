"""What rooms above show on the page of a photo: each registers its panel, the page shows them in turn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from images.photos.models import Photo

# What a panel's template needs, for this visitor and this photo; None when there is nothing to show.
Context = Callable[[HttpRequest, Photo], Mapping[str, Any] | None]


class Place(StrEnum):
    HEAD = "head"  # below the title
    RESULT = "result"  # beside a finished picture


@dataclass(frozen=True, slots=True)
class Panel:
    place: Place
    template: str
    context: Context
    order: int


_panels: list[Panel] = []


def register(place: Place, template: str, *, order: int = 50) -> Callable[[Context], Context]:
    """Decorate the function that gives a panel its context. Lower orders come first."""

    def add(context: Context) -> Context:
        _panels.append(Panel(place, template, context, order))
        return context

    return add


def shown(place: Place, request: HttpRequest, photo: Photo, **instead: Any) -> list[SafeString]:
    """The panels of one place. `instead` replaces values of their contexts: a form that was refused, say."""
    panels = sorted((panel for panel in _panels if panel.place == place), key=lambda panel: panel.order)
    contexts = [(panel.template, panel.context(request, photo)) for panel in panels]
    return [
        render_to_string(template, {**found, **instead}, request)
        for template, found in contexts
        if found is not None
    ]


# What rooms above put above the list of one's photos: a template and its context.
ListContext = Callable[[HttpRequest], Mapping[str, Any]]

_tools: list[tuple[str, ListContext]] = []


def tool(template: str) -> Callable[[ListContext], ListContext]:
    """Decorate the function that gives a tool of the list its context. Its buttons belong to the form
    `choose`, which the ticked photos are part of."""

    def add(context: ListContext) -> ListContext:
        _tools.append((template, context))
        return context

    return add


def on_list(request: HttpRequest) -> list[SafeString]:
    return [render_to_string(template, {**context(request)}, request) for template, context in _tools]
