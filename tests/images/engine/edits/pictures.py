"""Cut-outs drawn in code, and edits of them."""

from typing import Any

from PIL import Image, ImageDraw

from images.engine.edits import recipe as recipes
from images.engine.edits.render import Rendered, render
from images.engine.edits.sources import Sources
from images.engine.options import DEFAULT_LIMITS, Limits
from tests.images.engine.pictures import opened, saved

RED = (200, 30, 20)
BOX = (200, 100, 320, 300)  # of the block, left, top, right, bottom


def block(size: tuple[int, int] = (600, 400), box: tuple[int, int, int, int] = BOX) -> Image.Image:
    """A red block, cut out."""
    picture = Image.new("RGBA", size)
    left, top, right, bottom = box
    ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), fill=(*RED, 255))
    return picture


def photo(size: tuple[int, int] = (600, 400), box: tuple[int, int, int, int] = BOX) -> Image.Image:
    """The photo that the block was cut out of: it stands on green."""
    picture = Image.new("RGB", size, (30, 160, 60))
    picture.paste(RED, box)
    return picture


def sources(cutout: Image.Image | None = None, original: Image.Image | None = None, **info: Any) -> Sources:
    file = saved(cutout or block(), **info)
    return Sources(lambda: file, lambda: saved(original or photo()))


def rendered(
    made_from: Sources | None = None, limits: Limits = DEFAULT_LIMITS, /, **document: Any
) -> Rendered:
    """What comes out of a recipe, given as its parts."""
    return render(made_from or sources(), recipes.parse({"version": 1, **document}), limits)


def picture(made_from: Sources | None = None, /, **document: Any) -> Image.Image:
    return opened(rendered(made_from, **document).data)
