"""Every rule about what the studio sends: settings of an edit, marks, clicks."""

import json
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from images.editing.forms import LookForm, applied
from images.editing.models import Ground, Preset
from images.editing.presets import BY_SLUG, MARKETS
from images.editing.settings import SettingsForm, settings_of
from images.engine.edits import marks as mark
from images.engine.edits import recipe as recipes
from images.engine.edits.marks import Mark
from images.engine.edits.recipe import Recipe
from images.engine.edits.select import Mode
from images.engine.errors import BadRecipe
from images.photos.models import Photo
from images.work.failures import Failure


class StudioForm(SettingsForm):
    """All settings of an edit, or a marketplace's or one's own preset in their place.

    `was` is the preset that was shown: only another one is done to the edit. With `remedy`, the part of the
    chosen preset by that name is done to it, to put right what a marketplace would refuse.
    """

    is_for_one_photo = True

    market = forms.ChoiceField(label=_("Marketplace or use"), required=False)
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    remedy = forms.ChoiceField(
        choices=[(part, part) for part in LookForm.PARTS], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, photo: Photo, **kwargs: Any) -> None:
        super().__init__(*args, grounds=Ground.objects.beside(photo), **kwargs)
        mine = Preset.objects.filter(owner=photo.owner_id) if photo.owner_id else Preset.objects.none()
        self._mine = {str(row.pk): row for row in mine}
        choices: list[tuple[Any, Any]] = [("", _("Nothing in particular"))]
        choices += [(market.slug, market.name) for market in MARKETS]
        if self._mine:
            choices.append((_("My presets"), [(key, row.name) for key, row in self._mine.items()]))
        self.fields["market"].choices = choices  # type: ignore[attr-defined]

    @property
    def sides(self) -> list[forms.BoundField]:
        return [self[name] for name in ("top", "right", "bottom", "left", "unit")]

    @property
    def cut(self) -> list[forms.BoundField]:
        return [self[name] for name in ("cut_left", "cut_top", "cut_width", "cut_height")]

    @classmethod
    def of(cls, photo: Photo, recipe: Recipe, market: str | None = None) -> "StudioForm":
        """The form as the edit stands, and for whom the page says it is made, if it does."""
        form = cls(photo=photo, initial=settings_of(recipe))
        is_known = market is not None and form.fields["market"].valid_value(market)  # type: ignore[attr-defined]
        chosen = market if is_known else form.chosen_in(recipe)
        form.initial = {**form.initial, "market": chosen, "was": chosen}
        return form

    def chosen_in(self, recipe: Recipe) -> str:
        """The preset that this is, whatever its marks are and however the photo is turned; or nothing."""
        for key in (*BY_SLUG, *self._mine):
            try:
                if applied(self._preset(key), recipe) == recipe:
                    return key
            except BadRecipe:
                continue  # a preset of an earlier release
        return ""

    def _preset(self, key: str) -> Recipe:
        return recipes.parse(BY_SLUG[key].document if key in BY_SLUG else self._mine[key].recipe)

    @property
    def sets_all(self) -> bool:
        """Whether a preset is done to the edit, instead of what the fields say."""
        said = self.cleaned_data
        return bool(said["market"]) and (bool(said["remedy"]) or said["market"] != said["was"])

    def recipe(self, current: Recipe, marks: tuple[Mark, ...]) -> Recipe:
        """The edit with these marks and what was changed here. Raises BadRecipe."""
        recipe = replace(current, marks=marks)
        if not self.sets_all:
            return self.applied_to(recipe)
        remedy = self.cleaned_data["remedy"]
        kept = [part for part in LookForm.PARTS if remedy and part != remedy]
        return applied(self._preset(self.cleaned_data["market"]), recipe, kept)


class KeepForm(forms.Form):
    """What is kept of the edit as it stands: a version by a name, one with a link, or a preset."""

    kind = forms.ChoiceField(choices=[("version", ""), ("link", ""), ("preset", "")])
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    default = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("kind") == "preset" and not self.cleaned_data.get("name"):
            self.add_error("name", _("A preset needs a name."))
        return self.cleaned_data


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


class SaveForm(StudioForm):
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
