"""From fields of a document to the parts of an edit. Everything here raises BadRecipe."""

from images.engine.edits.fields import Fields, Number, as_number, as_whole
from images.engine.edits.parts import (
    BLACK,
    GREY,
    OF_THE_PHOTO,
    WHITE,
    Across,
    Align,
    Blur,
    Box,
    Canvas,
    Colour,
    Colours,
    Contact,
    Crop,
    Down,
    Drop,
    Fit,
    Flip,
    Gradient,
    Ground,
    Kind,
    Margins,
    Outline,
    Output,
    Picture,
    Place,
    Scale,
    Shadow,
    Shape,
    Transparent,
    Unit,
)
from images.engine.errors import BadRecipe

LONGEST_SIDE = 30_000


def ground(part: Fields | None) -> Ground:
    if part is None:
        return Transparent()
    found = _ground_of(part, part.take("kind"))
    part.done()
    return found


def _ground_of(part: Fields, kind: object) -> Ground:
    if kind == Transparent.kind:
        return Transparent()
    if kind == Colour.kind:
        return Colour(part.colour("colour", WHITE))
    if kind == Gradient.kind:
        start, end = part.colour("start", WHITE), part.colour("end", GREY)
        return Gradient(part.choice("shape", Shape.LINEAR), start, end, part.number("angle", 180, 0, 360))
    if kind == Picture.kind:
        return _picture(part)
    for toned in OF_THE_PHOTO:
        if kind == toned.kind:
            most = 10 if toned is Blur else 100
            return toned(part.number("strength", toned().strength, 0, most))
    choices = "transparent, colour, gradient, picture, blur, grey, dark"
    raise BadRecipe("recipe_choice", {"where": part.path("kind"), "choices": choices})


def _picture(part: Fields) -> Picture:
    picture = part.id("picture")
    if picture is None:
        raise BadRecipe("recipe_damaged", {"where": part.path("picture")})
    fit, colour = part.choice("fit", Fit.FILL), part.colour("colour", WHITE)
    return Picture(picture, fit, part.number("x", 0.5, 0, 1), part.number("y", 0.5, 0, 1), colour)


def shadow(part: Fields | None) -> Shadow | None:
    if part is None:
        return None
    kind, unit = part.take("kind"), part.choice("unit", Unit.PERCENT)
    if kind not in (Drop.kind, Contact.kind):
        raise BadRecipe("recipe_choice", {"where": part.path("kind"), "choices": "drop, contact"})
    most = 50 if unit is Unit.PERCENT else 2_000
    plain = Drop() if kind == Drop.kind else Contact()
    softness = part.number("softness", plain.softness, 0, most)
    opacity, colour = part.number("opacity", plain.opacity, 0, 100), part.colour("colour", BLACK)
    shadow: Shadow
    if isinstance(plain, Drop):
        angle, distance = part.number("angle", 135, 0, 360), part.number("distance", plain.distance, 0, most)
        shadow = Drop(angle, distance, softness, opacity, colour, unit)
    else:
        shadow = Contact(part.number("height", plain.height, 0, most), softness, opacity, colour, unit)
    part.done()
    return shadow


def outline(part: Fields | None) -> Outline | None:
    if part is None:
        return None
    unit = part.choice("unit", Unit.PERCENT)
    width = part.number("width", 2, 0, 20 if unit is Unit.PERCENT else 500)
    outline = Outline(width, part.colour("colour", WHITE), unit)
    part.done()
    return outline


def place(part: Fields | None) -> Place:
    if part is None:
        return Place()
    place = Place(
        crop=_crop(part.take("crop"), part.path("crop")),
        margins=_margins(part.part("margins")),
        canvas=_canvas(part.part("canvas")),
        align=_align(part.part("align")),
        scale=part.choice("scale", Scale.FIT),
        rotate=part.number("rotate", 0, -180, 180),
        flip=part.choice("flip", Flip.NONE),
    )
    part.done()
    return place


def _crop(value: object, where: str) -> Crop | Box:
    if value is None:
        return Crop.WHOLE
    if isinstance(value, str):
        return Fields({"crop": value}).choice("crop", Crop.WHOLE)
    if not isinstance(value, list) or len(value) != 4:
        raise BadRecipe("recipe_damaged", {"where": where})
    box = Box(*(as_whole(each, -LONGEST_SIDE, 2 * LONGEST_SIDE, where) for each in value))
    if box.width < 1 or box.height < 1:
        raise BadRecipe("crop_empty")
    return box


def _margins(part: Fields | None) -> Margins:
    if part is None:
        return Margins()
    unit = part.choice("unit", Unit.PERCENT)
    most = 49 if unit is Unit.PERCENT else LONGEST_SIDE
    top, right, bottom, left = (part.number(side, 0, 0, most) for side in ("top", "right", "bottom", "left"))
    part.done()
    return Margins(top, right, bottom, left, unit)


def _canvas(part: Fields | None) -> Canvas | None:
    if part is None:
        return None
    width, height, longest = (
        part.whole(name, 0, 1, LONGEST_SIDE) or None for name in ("width", "height", "longest")
    )
    canvas = Canvas(width, height, longest, _ratio(part))
    part.done()
    is_size = width is not None and height is not None and longest is None and canvas.ratio is None
    is_shape = width is None and height is None and (longest is not None or canvas.ratio is not None)
    if not (is_size or is_shape):
        raise BadRecipe("recipe_damaged", {"where": part.path("width")})
    return canvas


def _ratio(part: Fields) -> tuple[Number, Number] | None:
    sides = part.items("ratio", 2)
    if not sides:
        return None
    if len(sides) != 2:
        raise BadRecipe("recipe_damaged", {"where": part.path("ratio")})
    across, down = (as_number(side, 0.01, 10_000, part.path("ratio")) for side in sides)
    if not 1 / 50 <= across / down <= 50:
        raise BadRecipe("recipe_number", {"where": part.path("ratio"), "least": "1:50", "most": "50:1"})
    return across, down


def _align(part: Fields | None) -> Align:
    if part is None:
        return Align()
    align = Align(part.choice("x", Across.CENTRE), part.choice("y", Down.MIDDLE))
    part.done()
    return align


def output(part: Fields | None) -> Output:
    if part is None:
        return Output()
    bits = part.whole("bits", 8, 8, 16)
    if bits not in (8, 16):
        raise BadRecipe("recipe_choice", {"where": part.path("bits"), "choices": "8, 16"})
    output = Output(
        format=part.choice("format", Kind.PNG),
        quality=part.whole("quality", 0, 1, 100) or None,
        max_bytes=part.whole("max_bytes", 0, 1_000, 1_000_000_000) or None,
        bits=bits,
        dpi=part.whole("dpi", 0, 1, 10_000) or None,
        colours=part.choice("colours", Colours.KEEP),
    )
    part.done()
    return output
