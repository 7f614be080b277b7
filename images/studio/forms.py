"""Every rule about what the studio sends: settings of an edit, marks, clicks."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.editing.models import Ground
from images.editing.presets import MARKETS
from images.engine.edits import marks as mark
from images.engine.edits import recipe as recipes
from images.engine.edits.marks import Mark
from images.engine.edits.parts import Kind
from images.engine.edits.recipe import Recipe
from images.engine.edits.select import Mode
from images.engine.errors import BadRecipe
from images.photos.models import Photo
from images.studio.checks import market_of, named
from images.work.failures import Failure

Document = Mapping[str, Any]

GROUNDS = [
    ("transparent", _("Transparent")),
    ("colour", _("Colour")),
    ("gradient", _("Gradient")),
    ("picture", _("Own picture")),
    ("blur", _("Photo, blurred")),
    ("grey", _("Photo, grey")),
    ("dark", _("Photo, darkened")),
]
SHADOWS = [("none", pgettext_lazy("shadow", "None")), ("drop", _("Behind")), ("contact", _("On the ground"))]
SIZES = [
    ("", _("As the photo")),
    ("1:1", _("Square")),
    ("4:5", _("Portrait 4:5")),
    ("16:9", _("Wide 16:9")),
    ("own", _("Own size")),
]
_STRENGTHS = {"blur": 10, "grey": 100, "dark": 100}
_KINDS = [(kind.value, kind.value.upper()) for kind in Kind if kind is not Kind.MASK]
# Which fields say what of which part of an edit.
_PARTS = {
    "ground": ("ground", "colour", "end", "strength", "picture"),
    "shadow": ("shadow", "angle", "distance", "softness", "opacity"),
    "outline": ("outline",),
    "place": ("crop", "margin", "size", "width", "height", "rotate", "flip"),
    "output": ("format", "quality"),
}
_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Please choose a colour."))


def _markets() -> list[tuple[str, Any]]:
    return [("", _("Nothing in particular")), *((market.slug, market.name) for market in MARKETS)]


def _number(least: int, most: int, initial: int) -> forms.IntegerField:
    field = forms.IntegerField(min_value=least, max_value=most, required=False, initial=initial)
    field.widget.attrs.update(min=least, max=most)
    return field


class SettingsForm(forms.Form):
    """Everything of an edit but its marks. What is left out is as it comes."""

    market = forms.ChoiceField(choices=_markets, required=False)
    ground = forms.ChoiceField(choices=GROUNDS, required=False, initial="transparent")
    colour = forms.CharField(required=False, validators=[_COLOUR], initial="#ffffff")
    end = forms.CharField(required=False, validators=[_COLOUR], initial="#bfbfbf")
    strength = _number(0, 100, 25)
    picture = forms.ModelChoiceField(queryset=Ground.objects.none(), required=False)
    shadow = forms.ChoiceField(choices=SHADOWS, required=False, initial="none")
    angle = _number(0, 360, 135)
    distance = _number(0, 50, 3)
    softness = _number(0, 50, 4)
    opacity = _number(0, 100, 40)
    outline = _number(0, 20, 0)
    crop = forms.BooleanField(required=False)
    margin = _number(0, 45, 0)
    size = forms.ChoiceField(choices=SIZES, required=False)
    width = _number(1, 30_000, 2000)
    height = _number(1, 30_000, 2000)
    rotate = _number(-180, 180, 0)
    flip = forms.BooleanField(required=False)
    format = forms.ChoiceField(choices=_KINDS, required=False, initial="png")
    quality = _number(1, 100, 90)

    def __init__(self, *args: Any, photo: Photo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picture"].queryset = Ground.objects.beside(photo)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("ground") == "picture" and not self.cleaned_data.get("picture"):
            self.add_error("picture", _("Please choose one of your background pictures, or add one."))
        return self.cleaned_data

    def recipe(self, current: Recipe, marks: tuple[Mark, ...]) -> Recipe:
        """The edit as it stands, with what was changed here. A marketplace sets everything but the marks.

        Raises BadRecipe.
        """
        shown = settings_of(current)
        market = named(self.cleaned_data.get("market", ""))
        if market and market.slug != shown["market"]:
            return replace(recipes.parse(market.document), marks=marks)
        document: dict[str, Any] = {"version": recipes.VERSION, "ground": self._ground()}
        document |= {"shadow": self._shadow(), "outline": self._outline(), "place": self._place()}
        document["output"] = self._output()
        return _kept(recipes.parse(document), current, self._changed(shown), marks)

    def _changed(self, shown: Mapping[str, Any]) -> set[str]:
        """The parts of an edit in which something is not as the form showed it."""
        return {
            part for part, names in _PARTS.items() if any(self._chosen(name) != shown[name] for name in names)
        }

    def _chosen(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        if isinstance(value, Ground):
            return value.pk
        initial = self.fields[name].initial
        return initial if value in (None, "") and initial is not None else value

    def _ground(self) -> Document:
        kind = self._chosen("ground")
        if kind == "colour":
            return {"kind": kind, "colour": self._chosen("colour")}
        if kind == "gradient":
            return {"kind": kind, "start": self._chosen("colour"), "end": self._chosen("end")}
        if kind == "picture":
            return {"kind": kind, "picture": str(self._chosen("picture"))}
        if kind in _STRENGTHS:
            return {"kind": kind, "strength": self._chosen("strength") * _STRENGTHS[kind] / 100}
        return {"kind": kind}

    def _shadow(self) -> Document | None:
        kind = self._chosen("shadow")
        if kind == "none":
            return None
        shadow = {"kind": kind, **{name: self._chosen(name) for name in ("softness", "opacity")}}
        if kind == "drop":
            shadow |= {"angle": self._chosen("angle"), "distance": self._chosen("distance")}
        return shadow

    def _outline(self) -> Document | None:
        width = self._chosen("outline")
        return {"width": width} if width else None

    def _place(self) -> Document:
        place: dict[str, Any] = {"crop": "subject" if self.cleaned_data.get("crop") else "whole"}
        margin = self._chosen("margin")
        place["margins"] = dict.fromkeys(("top", "right", "bottom", "left"), margin)
        place["rotate"] = self._chosen("rotate")
        place["flip"] = "horizontal" if self.cleaned_data.get("flip") else "none"
        size = self.cleaned_data.get("size")
        if size == "own":
            place["canvas"] = {"width": self._chosen("width"), "height": self._chosen("height")}
        elif size:
            place["canvas"] = {"ratio": [int(side) for side in size.split(":")]}
        return place

    def _output(self) -> Document:
        output = {"format": self._chosen("format")}
        if self._chosen("format") in ("jpeg", "webp", "avif"):
            output["quality"] = self._chosen("quality")
        return output


def _kept(recipe: Recipe, current: Recipe, changed: set[str], marks: tuple[Mark, ...]) -> Recipe:
    """What this form has no field for stays as it is, in every part that was left alone."""
    return Recipe(
        marks=marks,
        ground=(recipe if "ground" in changed else current).ground,
        shadow=(recipe if "shadow" in changed else current).shadow,
        outline=(recipe if "outline" in changed else current).outline,
        place=(recipe if "place" in changed else current).place,
        output=(recipe if "output" in changed else current).output,
    )


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """What the form shows for an edit; what it has no field for shows as it comes."""
    document = recipes.canonical(recipe)
    found: dict[str, Any] = {name: field.initial for name, field in SettingsForm.base_fields.items()}
    ground, shadow = document.get("ground", {}), document.get("shadow") or {}
    kind = ground.get("kind", "transparent")
    found["ground"] = kind if kind in dict(GROUNDS) else "transparent"
    found["colour"] = ground.get("colour", ground.get("start", found["colour"]))
    found["end"] = ground.get("end", found["end"])
    found["picture"] = getattr(recipe.ground, "picture", None)
    if kind in _STRENGTHS:
        found["strength"] = round(getattr(recipe.ground, "strength", 0) * 100 / _STRENGTHS[kind])
    if recipe.shadow is not None:
        found["shadow"] = shadow.get("kind", "drop")
        for name in ("angle", "distance", "softness", "opacity"):
            found[name] = round(getattr(recipe.shadow, name, found[name]))
    found["outline"] = round(recipe.outline.width) if recipe.outline else 0
    market = market_of(recipe)
    found["market"] = market.slug if market else ""
    return found | _placed(recipe) | _written(recipe)


def _placed(recipe: Recipe) -> dict[str, Any]:
    place, canvas = recipe.place, recipe.place.canvas
    found: dict[str, Any] = {
        "crop": place.crop == "subject",
        "margin": round(place.margins.top),
        "rotate": round(place.rotate),
        "flip": place.flip != "none",
        "size": "",
    }
    if canvas and canvas.width and canvas.height:
        found |= {"size": "own", "width": canvas.width, "height": canvas.height}
    elif canvas and canvas.ratio:
        ratio = f"{canvas.ratio[0]}:{canvas.ratio[1]}"
        found["size"] = ratio if ratio in dict(SIZES) else ""
    return found


def _written(recipe: Recipe) -> dict[str, Any]:
    quality = recipe.output.quality
    return {"format": str(recipe.output.format), **({"quality": quality} if quality else {})}


class MarksField(forms.CharField):
    """A list of marks as JSON."""

    def clean(self, value: Any) -> tuple[Mark, ...] | None:
        if value in (None, ""):
            return None
        try:
            documents = json.loads(value)
        except (ValueError, RecursionError):
            documents = None
        if not isinstance(documents, list):
            raise forms.ValidationError(_("The edit did not arrive whole. Please try again."))
        try:
            if len(documents) > mark.MOST_MARKS:
                raise BadRecipe("recipe_too_long", {"count": len(documents), "limit": mark.MOST_MARKS})
            return mark.parse(documents)
        except BadRecipe as err:
            raise forms.ValidationError(Failure(err.code, err.params).sentence) from None


class SaveForm(SettingsForm):
    """An edit to be kept. Without marks those that there are stay."""

    marks = MarksField(required=False)
    revision = forms.IntegerField(min_value=0)


class MarksForm(forms.Form):
    """Marks of which the last one is to be worked out."""

    marks = MarksField()

    def clean_marks(self) -> tuple[Mark, ...]:
        marks: tuple[Mark, ...] = self.cleaned_data["marks"] or ()
        if not marks:
            raise forms.ValidationError(_("There is no mark."))
        return marks


class ChoiceForm(forms.Form):
    """Clicks on the photo, the last of them new: numbers in threes, x, y and 1 for what is wanted."""

    clicks = forms.CharField(max_length=1000)
    mode = forms.ChoiceField(choices=[(mode.value, mode.value) for mode in Mode])
    marks = MarksField(required=False)

    def clean_clicks(self) -> list[tuple[int, int, int]]:
        try:
            numbers = [int(part) for part in self.cleaned_data["clicks"].split(",")]
        except ValueError:
            numbers = []
        if not numbers or len(numbers) % 3 or len(numbers) > 60 or min(numbers) < 0:
            raise forms.ValidationError(_("The click did not arrive whole. Please try again."))
        return [(x, y, min(wanted, 1)) for x, y, wanted in zip(*[iter(numbers)] * 3, strict=True)]


class BoxForm(forms.Form):
    left = forms.IntegerField(min_value=0)
    top = forms.IntegerField(min_value=0)
    right = forms.IntegerField(min_value=1)
    bottom = forms.IntegerField(min_value=1)
    mode = forms.ChoiceField(choices=[(mode.value, mode.value) for mode in Mode])

    def within(self, width: int, height: int) -> tuple[int, int, int, int] | None:
        """The box in a photo of that size; None where it is too small to hold anything."""
        found = self.cleaned_data
        box = (found["left"], found["top"], min(found["right"], width), min(found["bottom"], height))
        return box if box[2] - box[0] >= 8 and box[3] - box[1] >= 8 else None


class ClickForm(forms.Form):
    """A click on the picture of the form that needs no script: `at.x` and `at.y`, in its own pixels."""

    x = forms.IntegerField(min_value=0)
    y = forms.IntegerField(min_value=0)
    action = forms.ChoiceField(
        choices=[
            ("drop", _("Take a part away")),
            ("hole", _("Open a hole of one colour")),
            ("keep", _("Fill a hole")),
            ("only", _("Keep only this")),
        ]
    )
    revision = forms.IntegerField(min_value=0)
