"""What people choose for a finished picture, without a script too."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from images.editing.models import Ground, Preset
from images.editing.presets import BY_SLUG, MARKETS
from images.engine.edits import recipe as recipes
from images.engine.edits.fields import hexadecimal
from images.engine.edits.parts import (
    Blur,
    Colour,
    Colours,
    Contact,
    Dark,
    Drop,
    Gradient,
    Grey,
    Kind,
    Outline,
    Picture,
    Shadow,
    Transparent,
)
from images.engine.edits.parts import Ground as AnyGround
from images.engine.edits.recipe import Recipe
from images.engine.errors import BadRecipe
from images.photos.forms import Candidate, PhotosField, UploadForm
from images.work.failures import Failure

LABELS = {
    Kind.PNG: "PNG",
    Kind.WEBP: "WebP",
    Kind.AVIF: "AVIF",
    Kind.JPEG: "JPEG",
    Kind.TIFF: "TIFF",
    Kind.PSD: _("PSD, in layers"),
    Kind.ZIP: "ZIP",
    Kind.MASK: _("Mask only"),
}
KINDS = tuple(LABELS)
BACKDROPS = (
    ("transparent", _("Transparent")),
    ("colour", _("Colour")),
    ("gradient", _("Gradient")),
    ("picture", _("Own picture")),
    ("blur", _("Blurred")),
    ("grey", _("Grey")),
    ("dark", _("Darkened")),
)
_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Please choose a colour."))
_OWN: dict[str, AnyGround] = {"blur": Blur(), "grey": Grey(), "dark": Dark()}
_SHADOWS: dict[str, Shadow | None] = {"none": None, "drop": Drop(), "contact": Contact()}
_LONGEST = 30_000


def _number(label: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most)


class DownloadForm(forms.Form):
    """In which form a result is wanted. What is not said stays as the photo's edit has it."""

    format = forms.ChoiceField(choices=list(LABELS.items()), required=False)
    backdrop = forms.ChoiceField(choices=BACKDROPS, required=False)
    background = forms.CharField(required=False, validators=[_COLOUR])
    second = forms.CharField(required=False, validators=[_COLOUR])
    picture = forms.ModelChoiceField(queryset=Ground.objects.none(), required=False)
    shadow = forms.ChoiceField(
        label=_("Shadow"),
        choices=[("none", _("No shadow")), ("drop", _("Behind")), ("contact", _("On the ground"))],
        required=False,
    )
    outline = _number(_("White outline, %"), 0, 20)
    crop = forms.ChoiceField(
        label=_("Crop"),
        choices=[("whole", _("Whole photo")), ("subject", _("To the subject"))],
        required=False,
    )
    margin = _number(_("Margin, %"), 0, 45)
    width = _number(_("Width, px"), 1, _LONGEST)
    height = _number(_("Height, px"), 1, _LONGEST)
    quality = _number(_("Quality"), 1, 100)
    kilobytes = _number(_("At most, kB"), 1, 1_000_000)
    dpi = _number(_("Resolution, dpi"), 1, 10_000)
    bits = forms.TypedChoiceField(
        label=_("Bits"), choices=[(8, "8"), (16, "16")], coerce=int, empty_value=None, required=False
    )
    colours = forms.ChoiceField(
        label=_("Colours"),
        choices=[("keep", _("As the photo")), ("srgb", "sRGB"), ("cmyk", _("CMYK, for TIFF"))],
        required=False,
    )

    def __init__(self, *args: Any, grounds: QuerySet[Ground] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if grounds is not None:
            self.fields["picture"].queryset = grounds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("backdrop") == "picture" and not cleaned.get("picture"):
            self.add_error("picture", _("Please choose one of your background pictures, or add one."))
        if bool(cleaned.get("width")) != bool(cleaned.get("height")):
            self.add_error("width", _("A size needs both width and height."))
        return cleaned

    @property
    def chosen_background(self) -> tuple[int, int, int] | None:
        """Red, green and blue from 0 to 255; None where the background is no colour."""
        text = self.cleaned_data["background"]
        return _rgb(text) if self.cleaned_data["backdrop"] == "colour" and text else None

    def applied_to(self, recipe: Recipe) -> Recipe:
        """The recipe with what was chosen here."""
        recipe = replace(recipe, ground=self._ground(recipe.ground))
        recipe = self._with_effects(recipe)
        return replace(recipe, place=self._place(recipe), output=self._output(recipe))

    def _ground(self, ground: AnyGround) -> AnyGround:
        chosen = self.cleaned_data
        kind, colour = chosen["backdrop"], _rgb(chosen["background"] or "#ffffff")
        if not kind or (kind == ground.kind and kind in _OWN):
            return ground
        if kind == "gradient":
            known = ground if isinstance(ground, Gradient) else Gradient()
            return replace(known, start=colour, end=_rgb(chosen["second"] or "#bfbfbf"))
        if kind == "picture":
            return Picture(chosen["picture"].pk)
        if kind == "colour":
            return Colour(colour) if chosen["background"] else Transparent()
        return _OWN.get(kind, Transparent())

    def _with_effects(self, recipe: Recipe) -> Recipe:
        shadow, width = self.cleaned_data["shadow"], self.cleaned_data["outline"]
        if shadow and shadow != (recipe.shadow.kind if recipe.shadow else "none"):
            recipe = replace(recipe, shadow=_SHADOWS[shadow])
        if width is not None and width != (recipe.outline.width if recipe.outline else 0):
            recipe = replace(recipe, outline=Outline(width) if width else None)
        return recipe

    def _place(self, recipe: Recipe) -> Any:
        """As a document, since its rules are the recipe's own. Raises BadRecipe."""
        chosen, place = self.cleaned_data, recipes.canonical(recipe).get("place", {})
        if chosen["crop"]:
            place["crop"] = chosen["crop"]
        if chosen["margin"] is not None:
            place["margins"] = dict.fromkeys(("top", "right", "bottom", "left"), chosen["margin"])
        if chosen["width"]:
            place["canvas"] = {"width": chosen["width"], "height": chosen["height"]}
        return recipes.parse({"version": recipes.VERSION, "place": place}).place

    def _output(self, recipe: Recipe) -> Any:
        chosen, output = self.cleaned_data, recipe.output
        kind = Kind(chosen["format"] or output.format)
        kilobytes = chosen["kilobytes"]
        return replace(
            output,
            format=kind,
            quality=chosen["quality"] or (output.quality if kind is output.format else None),
            max_bytes=kilobytes * 1000
            if kilobytes
            else (output.max_bytes if kind is output.format else None),
            dpi=chosen["dpi"] or output.dpi,
            bits=chosen["bits"] or output.bits,
            colours=Colours(chosen["colours"] or output.colours),
        )


def _rgb(text: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def initial_of(recipe: Recipe) -> dict[str, Any]:
    """What the form shows of an edit."""
    ground, output, margins = recipe.ground, recipe.output, recipe.place.margins
    canvas = recipe.place.canvas
    initial: dict[str, Any] = {
        "format": output.format.value,
        "backdrop": ground.kind,
        "shadow": recipe.shadow.kind if recipe.shadow else "none",
        "outline": round(recipe.outline.width) if recipe.outline else 0,
        "crop": "" if not isinstance(recipe.place.crop, str) else recipe.place.crop.value,
        "margin": margins.top if margins.top == margins.left and margins.unit == "%" else None,
        "width": canvas.width if canvas else None,
        "height": canvas.height if canvas else None,
        "quality": output.quality,
        "kilobytes": output.max_bytes // 1000 if output.max_bytes else None,
        "dpi": output.dpi,
        "bits": output.bits,
        "colours": output.colours.value,
    }
    if isinstance(ground, Colour):
        initial["background"] = hexadecimal(ground.colour)
    if isinstance(ground, Gradient):
        initial |= {"background": hexadecimal(ground.start), "second": hexadecimal(ground.end)}
    if isinstance(ground, Picture):
        initial["picture"] = ground.picture
    return initial


class LookForm(forms.Form):
    """For which marketplace or by which preset, and what of the edit stays as it is."""

    PARTS = ("ground", "place", "output", "effects")

    market = forms.ChoiceField(choices=[(market.slug, market.name) for market in MARKETS], required=False)
    preset = forms.ModelChoiceField(queryset=Preset.objects.none(), required=False)
    keep = forms.MultipleChoiceField(choices=[(part, part) for part in PARTS], required=False)

    def __init__(self, *args: Any, presets: QuerySet[Preset], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preset"].queryset = presets  # type: ignore[attr-defined]

    def applied_to(self, recipe: Recipe) -> Recipe:
        """The recipe with the parts of the preset that are not kept as they are. Raises BadRecipe."""
        market, preset = BY_SLUG.get(self.cleaned_data["market"]), self.cleaned_data["preset"]
        if market is None and preset is None:
            return recipe
        other = recipes.parse(market.document if market else preset.recipe)
        return applied(other, recipe, self.cleaned_data["keep"])


def applied(preset: Recipe, recipe: Recipe, keep: Sequence[str] = ()) -> Recipe:
    """An edit with a preset done to it; how it is turned stays, and so do its marks."""
    if "ground" not in keep:
        recipe = replace(recipe, ground=preset.ground)
    if "effects" not in keep:
        recipe = replace(recipe, shadow=preset.shadow, outline=preset.outline)
    if "place" not in keep:
        place = replace(preset.place, rotate=recipe.place.rotate, flip=recipe.place.flip)
        recipe = replace(recipe, place=place)
    if "output" not in keep:
        recipe = replace(recipe, output=preset.output)
    return recipe


class KeepForm(forms.Form):
    """A recipe to be kept: as the photo's edit, as a version, or as a preset."""

    recipe = forms.CharField(widget=forms.HiddenInput, max_length=2_000_000)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)

    def clean_recipe(self) -> Recipe:
        try:
            return recipes.parse(json.loads(self.cleaned_data["recipe"]))
        except BadRecipe as err:
            raise forms.ValidationError(Failure(err.code, err.params).sentence) from None
        except (ValueError, RecursionError):
            raise forms.ValidationError(Failure("recipe_damaged", {"where": "recipe"}).sentence) from None


class NamedForm(KeepForm):
    name = forms.CharField(label=_("Name"), max_length=80)


class GroundForm(UploadForm):
    """One picture to put behind photos; the rules for files are those for photos."""

    visibility = None  # type: ignore[assignment]
    photos = PhotosField(error_messages={"required": _("No picture arrived. Please choose one.")})

    @property
    def candidate(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def reason(self) -> str:
        """Why there is no candidate."""
        errors = [str(error) for each in self.errors.values() for error in each]
        return (errors or [rejected.reason for rejected in self.rejected] or [""])[0]
