"""What the page knows when it opens, and where a click on its small picture lies in the photo."""

from typing import Any

from django.urls import reverse

from images.engine.edits import recipe as recipes
from images.engine.edits.recipe import Recipe
from images.photos.models import Photo
from images.studio.look import SIDE


def state(photo: Photo, recipe: Recipe, revision: int) -> dict[str, Any]:
    """For the script: the marks that there are, and where everything is."""
    names = ("ready", "alpha", "mark", "choose", "box", "save", "look", "check", "keep", "file")
    return {
        "photo": str(photo.pk),
        "revision": revision,
        "marks": recipes.canonical(recipe).get("marks", []),
        "at": {name: reverse(f"studio_{name}", args=[photo.pk]) for name in names},
        "square": reverse("studio_square", args=[photo.pk, 0, 0]).removesuffix("0-0.jpg"),
    }


def in_photo(size: tuple[int, int], x: int, y: int) -> tuple[int, int]:
    """From pixels of the small picture to those of the photo."""
    factor = max(1.0, max(size) / SIDE)
    return min(int((x + 0.5) * factor), size[0] - 1), min(int((y + 0.5) * factor), size[1] - 1)
