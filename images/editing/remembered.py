"""Format and background as last used, where the visitor has allowed to remember them."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from images.editing.settings import KINDS
from images.engine.edits.fields import hexadecimal
from images.engine.edits.parts import Colour
from images.engine.edits.recipe import Recipe
from policy.cookies import comforts


def initial(request: HttpRequest) -> dict[str, Any]:
    """What the form shows of the last download; nothing where nothing is remembered."""
    kept = comforts.of(request)
    is_colour = kept.background not in ("", comforts.TRANSPARENT)
    found = {
        # Remembered by an earlier release perhaps, which had another list of formats.
        "format": kept.format if kept.format in KINDS else "",
        "ground": "colour" if is_colour else "",
        "colour": f"#{kept.background}" if is_colour else "",
    }
    return {name: value for name, value in found.items() if value}


def keep(request: HttpRequest, response: HttpResponseBase, made: Recipe) -> None:
    """What was taken is offered first next time."""
    ground = made.ground
    background = hexadecimal(ground.colour)[1:] if isinstance(ground, Colour) else comforts.TRANSPARENT
    comforts.remember(request, response, format=made.output.format.value, background=background)
