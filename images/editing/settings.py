"""The settings of an edit, everything but its marks: what the studio, a photo's page and a batch ask for.

One field for each thing that can be set. What is not sent stays as the edit has it; what is sent and is not
what was shown is changed, and nothing else: a recipe may hold more than these fields can say.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.editing.models import Ground
from images.engine.edits import recipe as recipes
from images.engine.edits.fields import hexadecimal
from images.engine.edits.parts import (
    Box,
    Colour,
    Colours,
    Crop,
    Drop,
    Fit,
    Gradient,
    Kind,
    Output,
    Picture,
)
from images.engine.edits.recipe import Recipe

Document = dict[str, Any]
Values = Mapping[str, Any]

LABELS = {
    Kind.PNG: "PNG",
    Kind.WEBP: "WebP",
    Kind.AVIF: "AVIF",
    Kind.JPEG: "JPEG",
    Kind.TIFF: "TIFF",
    Kind.ZIP: "ZIP",
    Kind.PSD: _("PSD, in layers"),
    Kind.MASK: _("Mask only"),
}
KINDS = tuple(LABELS)
GROUNDS = [
    ("transparent", _("Transparent")),
    ("colour", _("Colour")),
    ("gradient", _("Gradient")),
    ("picture", _("Own picture")),
    ("blur", _("Photo, blurred")),
    ("grey", _("Photo, grey")),
    ("dark", _("Photo, darkened")),
]
_SHAPES = [("linear", _("From side to side")), ("radial", _("From the middle"))]
_FITS = [("fill", _("Fill the frame")), ("fit", _("Show all of it"))]
_SHADOWS = [("none", pgettext_lazy("shadow", "None")), ("drop", _("Behind")), ("contact", _("On the ground"))]
_CROPS = [("whole", _("Whole photo")), ("subject", _("To the subject"))]
_DRAWN = "drawn"
SIZES = [
    ("", _("As the photo")),
    ("1:1", _("Square")),
    ("4:5", _("Portrait 4:5")),
    ("16:9", _("Wide 16:9")),
    ("longest", _("By the longest side")),
    ("own", _("Own size")),
]
_SCALES = [
    ("fit", _("Fit into it")),
    ("shrink", _("Fit, but enlarge nothing")),
    ("fill", _("Fill it")),
    ("none", _("Leave the size as it is")),
]
_ACROSS = [("left", _("Left")), ("centre", _("Centre")), ("right", pgettext_lazy("side", "Right"))]
_DOWN = [("top", _("Top")), ("middle", _("Middle")), ("bottom", _("Bottom"))]
_FLIPS = [
    ("none", pgettext_lazy("mirror", "No")),
    ("horizontal", _("Left to right")),
    ("vertical", _("Top to bottom")),
    ("both", _("Both")),
]
_UNITS = [("%", "%"), ("px", "px")]
_BITS = [("8", "8"), ("16", "16")]
_COLOURS = [("keep", _("As the photo")), ("srgb", "sRGB"), ("cmyk", _("CMYK, for TIFF"))]
_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Please choose a colour."))
_SIDES = ("top", "right", "bottom", "left")
_CUT = ("cut_left", "cut_top", "cut_width", "cut_height")
# Per cent of a slider for what a recipe counts otherwise.
_STRENGTHS = {"blur": 10, "grey": 100, "dark": 100}
_LOSSY = ("jpeg", "webp", "avif")
_DEEP = ("png", "tiff")
_LONGEST = 30_000

# Which fields say what of which part of an edit.
PARTS = {
    "ground": ("ground", "colour", "end", "shape", "slant", "strength", "picture", "fit", "x", "y"),
    "shadow": ("shadow", "shade", "angle", "distance", "softness", "opacity"),
    "outline": ("outline", "edge"),
    "crop": ("crop", *_CUT),
    "margins": ("margin", *_SIDES, "unit"),
    "canvas": ("size", "width", "height", "longest"),
    "align": ("across", "down"),
    "lie": ("scale", "rotate", "flip"),
    "output": ("format", "quality", "kilobytes", "dpi", "bits", "colours"),
}
# Nothing in these means none; nothing in the others, what they are of themselves.
_MAY_BE_NONE = {"picture", "width", "height", "longest", "kilobytes", "dpi", "size", *_CUT}


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _colour(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "color", "list": "own-colours"})
    return forms.CharField(label=label, required=False, validators=[_COLOUR], widget=widget)


def _number(label: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most)


class _PictureField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        name: str = obj.name
        return name


class SettingsForm(forms.Form):
    """A crop that was drawn stays one; where it can be drawn, `is_for_one_photo`, it can also be chosen."""

    is_for_one_photo = False

    ground = _choice(_("What is behind"), GROUNDS)
    colour = _colour(_("Colour"))
    end = _colour(_("Second colour"))
    shape = _choice(_("Gradient"), _SHAPES)
    slant = _number(_("Direction"), 0, 360)
    strength = _number(_("Strength"), 0, 100)
    picture = _PictureField(
        label=_("Your picture"), queryset=Ground.objects.none(), required=False, empty_label="–"
    )
    fit = _choice(_("Picture and frame"), _FITS)
    x = _number(_("From left to right"), 0, 100)
    y = _number(_("From top to bottom"), 0, 100)
    shadow = _choice(_("Shadow"), _SHADOWS)
    shade = _colour(_("Colour of the shadow"))
    angle = _number(_("Direction"), 0, 360)
    distance = _number(_("Distance"), 0, 50)
    softness = _number(_("Softness"), 0, 50)
    opacity = _number(_("Darkness"), 0, 100)
    outline = _number(_("Outline"), 0, 20)
    edge = _colour(_("Colour of the outline"))
    crop = _choice(_("Crop"), _CROPS)
    cut_left = _number(_("Drawn crop, from the left, px"), 0, _LONGEST)
    cut_top = _number(_("Drawn crop, from the top, px"), 0, _LONGEST)
    cut_width = _number(_("Drawn crop, width, px"), 1, _LONGEST)
    cut_height = _number(_("Drawn crop, height, px"), 1, _LONGEST)
    margin = _number(_("Margin, %"), 0, 45)
    top = _number(_("Top"), 0, _LONGEST)
    right = _number(pgettext_lazy("side", "Right"), 0, _LONGEST)
    bottom = _number(_("Bottom"), 0, _LONGEST)
    left = _number(_("Left"), 0, _LONGEST)
    unit = _choice(_("Margins in"), _UNITS)
    size = _choice(_("Shape"), SIZES)
    width = _number(_("Width, px"), 1, _LONGEST)
    height = _number(_("Height, px"), 1, _LONGEST)
    longest = _number(_("Longest side, px"), 1, _LONGEST)
    scale = _choice(_("Into that size"), _SCALES)
    across = _choice(_("Across"), _ACROSS)
    down = _choice(_("Down"), _DOWN)
    rotate = _number(_("Turn, degrees"), -180, 180)
    flip = _choice(_("Mirror"), _FLIPS)
    format = _choice(_("Format"), list(LABELS.items()))
    quality = _number(_("Quality"), 1, 100)
    kilobytes = _number(_("At most, kB"), 1, 1_000_000)
    dpi = _number(_("Resolution, dpi"), 1, 10_000)
    bits = _choice(_("Bits"), _BITS)
    colours = _choice(_("Colours"), _COLOURS)

    def __init__(self, *args: Any, grounds: "QuerySet[Ground] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if grounds is not None and "picture" in self.fields:
            self.fields["picture"].queryset = grounds  # type: ignore[attr-defined]
        if self.is_for_one_photo or _DRAWN in (self.initial.get("crop"), self.data.get("crop")):
            self.fields["crop"].choices = [*_CROPS, (_DRAWN, _("As drawn"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        is_missing = "picture" in self.fields and not (cleaned.get("picture") or "picture" in self.errors)
        if is_missing and cleaned.get("ground") == "picture":
            self.add_error("picture", _("Please choose one of your background pictures, or add one."))
        size, sides = cleaned.get("size", ""), [bool(cleaned.get(name)) for name in ("width", "height")]
        if (size in ("", "own") and any(sides) != all(sides)) or (size == "own" and not any(sides)):
            self.add_error("width", _("A size needs both width and height."))
        if size == "longest" and not cleaned.get("longest") and "longest" not in self.errors:
            self.add_error("longest", _("Please say how many pixels the longest side should have."))
        is_open = cleaned.get("crop") == _DRAWN and "cut_width" in self.data
        if is_open and not (cleaned.get("cut_width") and cleaned.get("cut_height")):
            self.add_error("crop", _("Please draw the crop on the picture, or say how wide and high it is."))
        return cleaned

    def applied_to(self, recipe: Recipe) -> Recipe:
        """The recipe with what was changed here. Raises BadRecipe."""
        marks, recipe = recipe.marks, replace(recipe, marks=())
        shown = settings_of(recipe)
        said = {name: self._said(name) for name in self.fields if name in self.data and name in shown}
        changed = {name for name, value in said.items() if value != shown[name]}
        document, values = recipes.canonical(recipe), _completed(shown | said, said, changed)
        for part, write in _WRITERS.items():
            if changed.intersection(PARTS[part]):
                write(document, values, changed)
        return replace(recipes.parse(document), marks=marks)

    def overruled(self, recipe: Recipe) -> Document:
        """What the edit that was made of this has instead of what was said.

        A choice may bring its own values with it, as a format does its quality. Where the page did not take
        them over, it would send its own once more, and this time as a change. Raises BadRecipe.
        """
        shown, again = settings_of(recipe), settings_of(self.applied_to(recipe))
        return {name: value for name, value in shown.items() if again[name] != value}

    def _said(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        if isinstance(value, Ground):
            return value.pk
        if value in (None, "") and name not in _MAY_BE_NONE:
            return _PLAIN[name]
        return value.lower() if isinstance(value, str) and value.startswith("#") else value


def _completed(values: Document, said: Values, changed: set[str]) -> Document:
    """A size without its shape is a size of one's own."""
    if "size" not in said and changed.intersection(("width", "height", "longest")):
        values["size"] = "own" if values["width"] else "longest" if values["longest"] else ""
        changed.add("size")
    if values["ground"] != "transparent" or not changed.isdisjoint(("ground",)):
        return values
    changed.difference_update(PARTS["ground"])  # a colour that nothing shows
    return values


def _write_ground(document: Document, values: Values, _changed: set[str]) -> None:
    kind = values["ground"]
    ground: Document = {"kind": kind}
    if kind == "colour":
        ground["colour"] = values["colour"]
    elif kind == "gradient":
        ground |= {"start": values["colour"], "end": values["end"]}
        ground |= {"shape": values["shape"], "angle": values["slant"]}
    elif kind == "picture":
        ground |= {"picture": str(values["picture"]), "fit": values["fit"], "colour": values["colour"]}
        ground |= {"x": values["x"] / 100, "y": values["y"] / 100}
    elif kind in _STRENGTHS:
        ground["strength"] = values["strength"] * _STRENGTHS[kind] / 100
    document["ground"] = ground


def _write_shadow(document: Document, values: Values, changed: set[str]) -> None:
    kind, known = values["shadow"], document.pop("shadow", {})
    if kind == "none":
        return
    names = {"shade": "colour", "softness": "softness", "opacity": "opacity"}
    if kind == "drop":
        names |= {"angle": "angle", "distance": "distance"}
    shadow = known if known.get("kind") == kind else {"kind": kind}
    # Each kind has its own strength and softness until somebody says another.
    document["shadow"] = shadow | {field: values[name] for name, field in names.items() if name in changed}


def _write_outline(document: Document, values: Values, changed: set[str]) -> None:
    known, names = document.pop("outline", {}), {"outline": "width", "edge": "colour"}
    if values["outline"]:
        said = {field: values[name] for name, field in names.items() if name in changed or not known}
        document["outline"] = known | said


def _write_crop(document: Document, values: Values, _changed: set[str]) -> None:
    if values["crop"] != _DRAWN:
        _place(document)["crop"] = values["crop"]
    elif values["cut_width"] and values["cut_height"]:
        left, top = values["cut_left"] or 0, values["cut_top"] or 0
        _place(document)["crop"] = [left, top, left + values["cut_width"], top + values["cut_height"]]


def _write_margins(document: Document, values: Values, changed: set[str]) -> None:
    place, sides = _place(document), changed.intersection(_SIDES)
    if "margin" in changed and not sides:
        place["margins"] = {**dict.fromkeys(_SIDES, values["margin"]), "unit": "%"}
        return
    said = {name: values[name] for name in changed.intersection((*_SIDES, "unit"))}
    place["margins"] = place.get("margins", {}) | said


def _write_canvas(document: Document, values: Values, _changed: set[str]) -> None:
    place, size = _place(document), values["size"]
    place.pop("canvas", None)
    if size == "own" and values["width"]:
        place["canvas"] = {"width": values["width"], "height": values["height"]}
    elif size == "longest" and values["longest"]:
        place["canvas"] = {"longest": values["longest"]}
    elif ":" in (size or ""):
        place["canvas"] = {"ratio": [int(side) for side in size.split(":")]}


def _write_align(document: Document, values: Values, _changed: set[str]) -> None:
    _place(document)["align"] = {"x": values["across"], "y": values["down"]}


def _write_lie(document: Document, values: Values, changed: set[str]) -> None:
    _place(document).update({name: values[name] for name in PARTS["lie"] if name in changed})


def _write_output(document: Document, values: Values, changed: set[str]) -> None:
    output = document.setdefault("output", {})
    if "format" in changed:  # each format has its own quality, and a limit was for another one
        output.pop("quality", None)
        output.pop("max_bytes", None)
    wanted = {"format": values["format"], "dpi": values["dpi"], "colours": values["colours"]}
    wanted["bits"] = int(values["bits"])
    if "format" in changed:  # and what was asked for together with it gets its sentence instead
        had = _without_what_it_cannot_have(values["format"], wanted)
        wanted |= {name: value for name, value in had.items() if name not in changed}
    if "quality" in changed and values["format"] in _LOSSY:
        wanted["quality"] = values["quality"]
    if "kilobytes" in changed:
        wanted["max_bytes"] = values["kilobytes"] * 1000 if values["kilobytes"] else None
    output |= {name: value for name, value in wanted.items() if value is not None}
    for name, value in wanted.items():
        if value is None:
            output.pop(name, None)


def _without_what_it_cannot_have(kind: str, output: Values) -> Document:
    """Bits and colours that another format had."""
    is_ink = output["colours"] == Colours.CMYK and kind != Kind.TIFF
    colours = str(Colours.KEEP if is_ink else output["colours"])
    return {"bits": output["bits"] if kind in _DEEP else 8, "colours": colours}


def in_format(output: Output, kind: Kind) -> Output:
    """The file in another format, with as much as that can have of what was set for the first one."""
    had = {"bits": output.bits, "colours": output.colours}
    has = _without_what_it_cannot_have(kind, had)
    return Output(kind, bits=has["bits"], dpi=output.dpi, colours=Colours(has["colours"]))


_WRITERS: dict[str, Callable[[Document, Values, set[str]], None]] = {
    "ground": _write_ground,
    "shadow": _write_shadow,
    "outline": _write_outline,
    "crop": _write_crop,
    "margins": _write_margins,
    "canvas": _write_canvas,
    "align": _write_align,
    "lie": _write_lie,
    "output": _write_output,
}


def _place(document: Document) -> Document:
    place: Document = document.setdefault("place", {})
    return place


def settings_of(recipe: Recipe) -> Document:
    """What the form shows of an edit. What is beyond the end of a slider stands at its end, and is not
    changed by being sent from there."""
    found = _ground_of(recipe) | _effects_of(recipe) | _place_of(recipe) | _output_of(recipe)
    return {name: _within(SettingsForm.base_fields[name], value) for name, value in found.items()}


def _within(field: forms.Field, value: Any) -> Any:
    if value is None or not isinstance(field, forms.IntegerField):
        return value
    return min(max(value, field.min_value), field.max_value)


def _ground_of(recipe: Recipe) -> Document:
    ground = recipe.ground
    gradient = ground if isinstance(ground, Gradient) else Gradient()
    picture = ground if isinstance(ground, Picture) else None
    colour = ground.colour if isinstance(ground, Colour | Picture) else gradient.start
    strength = getattr(ground, "strength", None)
    return {
        "ground": ground.kind,
        "colour": hexadecimal(colour),
        "end": hexadecimal(gradient.end),
        "shape": str(gradient.shape),
        "slant": round(gradient.angle),
        "strength": 25 if strength is None else round(strength * 100 / _STRENGTHS[ground.kind]),
        "picture": picture.picture if picture else None,
        "fit": str(picture.fit if picture else Fit.FILL),
        "x": round(picture.x * 100) if picture else 50,
        "y": round(picture.y * 100) if picture else 50,
    }


def _effects_of(recipe: Recipe) -> Document:
    shadow, outline = recipe.shadow, recipe.outline
    drop = shadow if isinstance(shadow, Drop) else Drop()
    cast = shadow or drop
    return {
        "shadow": shadow.kind if shadow else "none",
        "shade": hexadecimal(cast.colour),
        "angle": round(drop.angle),
        "distance": round(drop.distance),
        "softness": round(cast.softness),
        "opacity": round(cast.opacity),
        "outline": max(1, round(outline.width)) if outline else 0,
        "edge": hexadecimal(outline.colour) if outline else "#ffffff",
    }


def _place_of(recipe: Recipe) -> Document:
    place, canvas = recipe.place, recipe.place.canvas
    sides = {side: round(getattr(place.margins, side)) for side in _SIDES}
    found: Document = {
        **_crop_of(place.crop),
        "margin": sides["top"],  # where the sides differ, the upper one stands for them
        **sides,
        "unit": str(place.margins.unit),
        "size": "",
        "width": canvas.width if canvas else None,
        "height": canvas.height if canvas else None,
        "longest": canvas.longest if canvas else None,
        "scale": str(place.scale),
        "across": str(place.align.x),
        "down": str(place.align.y),
        "rotate": round(place.rotate),
        "flip": str(place.flip),
    }
    if canvas and canvas.ratio and not canvas.longest:
        ratio = f"{canvas.ratio[0]}:{canvas.ratio[1]}"
        found["size"] = ratio if ratio in dict(SIZES) else ""
    elif canvas and not canvas.ratio:
        found["size"] = "longest" if canvas.longest else "own"
    return found


def _crop_of(crop: Box | Crop) -> Document:
    if isinstance(crop, Box):
        sizes = (crop.left, crop.top, crop.width, crop.height)
        return {"crop": _DRAWN, **dict(zip(_CUT, sizes, strict=True))}
    return {"crop": str(crop), **dict.fromkeys(_CUT)}


def _output_of(recipe: Recipe) -> Document:
    output = recipe.output
    return {
        "format": str(output.format),
        "quality": output.quality or 90,
        "kilobytes": output.max_bytes // 1000 if output.max_bytes else None,
        "dpi": output.dpi,
        "bits": str(output.bits),
        "colours": str(output.colours),
    }


_PLAIN = settings_of(Recipe())
