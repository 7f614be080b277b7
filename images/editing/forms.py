"""What people choose for a finished picture, without a script too."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from images.editing.models import Preset
from images.editing.presets import BY_SLUG, MARKETS
from images.engine.edits import recipe as recipes
from images.engine.edits.recipe import Recipe
from images.engine.errors import BadRecipe
from images.photos.forms import Candidate, PhotosField, UploadForm
from images.work.failures import Failure


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
