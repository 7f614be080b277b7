"""Edits as tests write them."""

from typing import Any

from images.editing import services
from images.editing.models import Rendition
from images.engine.edits import recipe as recipes
from images.engine.edits.recipe import Recipe
from images.photos.models import Photo

RED: Any = {"ground": {"kind": "colour", "colour": "#ff0000"}}
BLUE: Any = {"ground": {"kind": "colour", "colour": "#0000ff"}}


def recipe(**parts: Any) -> Recipe:
    return recipes.parse({"version": 1, **parts})


def requested(photo: Photo, **parts: Any) -> Rendition:
    return services.request(photo, recipe(**parts))
