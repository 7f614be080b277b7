"""Every rule about what people want of a batch."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bgbegone.lib.names import readable
from images.batches import manifest, setting
from images.batches.links import LONGEST_REMARK, Remark, longest_life
from images.batches.manifest import Entry
from images.batches.models import DEFAULT_NAMES, Batch
from images.batches.names import is_template
from images.batches.setting import Ready
from images.editing.settings import GROUNDS, SettingsForm, settings_of
from images.engine.edits import recipe as recipes
from images.engine.edits.parts import Picture
from images.engine.edits.recipe import Recipe
from images.photos import guests
from images.sharing.forms import MOST_LINKS, LinkPasswordField, life_choices


class ManifestForm(forms.Form):
    """What is about to be sent: a list of path, size and time of each file, as JSON."""

    manifest = forms.CharField(widget=forms.HiddenInput, strip=False)

    def clean_manifest(self) -> list[Entry]:
        try:
            entries = manifest.parse(json.loads(self.cleaned_data["manifest"]))
        except (ValueError, RecursionError):
            raise ValidationError(_("The list of files could not be read.")) from None
        if not entries:
            raise ValidationError(_("No photo arrived. Please choose at least one."))
        if len(entries) > settings.MAX_FILES_PER_BATCH:
            message = _(
                "A batch may have at most %(most)s photos. Please send the others as one of their own."
            )
            raise ValidationError(message, params={"most": settings.MAX_FILES_PER_BATCH})
        return entries


class NewBatchForm(ManifestForm):
    """The beginning of a batch."""

    submission = forms.CharField(widget=forms.HiddenInput)
    visibility = forms.ChoiceField(choices=[("link", ""), ("private", "")], required=False)
    name = forms.CharField(max_length=2000, required=False)

    def clean_submission(self) -> tuple[Any, Any]:
        try:
            return guests.read_ticket(self.cleaned_data["submission"])
        except (signing.BadSignature, ValueError, TypeError):
            message = _("This page has been open for too long. Please choose your photo once more.")
            raise ValidationError(message) from None

    def clean_name(self) -> str:
        return readable(self.cleaned_data["name"]).strip()[:200]

    @property
    def is_private(self) -> bool:
        return self.cleaned_data.get("visibility") == "private"


class TwinsForm(forms.Form):
    """The answer to the question about files that are in the batch already."""

    answer = forms.ChoiceField(choices=[choice for choice in Batch.Twins.choices if choice[0]])


class LinkForm(forms.Form):
    """Life and password of a new link to a batch, and whether whoever has it may say what they think."""

    may_review = forms.BooleanField(label=gettext_lazy("May accept and comment"), required=False)
    password = LinkPasswordField()

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        choices = life_choices(longest_life(batch))
        self.fields["hours"] = forms.TypedChoiceField(
            label=gettext_lazy("Works for"), coerce=int, choices=choices, initial=choices[-1][0]
        )

    def clean_hours(self) -> int:
        if self.batch.links.open().count() >= MOST_LINKS:
            message = _("This batch has %(most)s links already. Please withdraw one of them first.")
            raise ValidationError(message, params={"most": MOST_LINKS})
        hours: int = self.cleaned_data["hours"]
        return hours

    @property
    def lifetime(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["hours"])


class RemarkForm(forms.Form):
    """What a customer says about a photo."""

    verdict = forms.ChoiceField(choices=Remark.Verdict.choices, required=False)
    text = forms.CharField(max_length=LONGEST_REMARK, required=False)

    def clean_text(self) -> str:
        return "".join(c if c.isprintable() else " " for c in self.cleaned_data["text"]).strip()


# Of all settings those that are the same for every photo; the rest is each photo's own.
_SHARED = ("ground", "colour", "end", "shadow", "crop", "margin", "longest", "format", "quality", "kilobytes")


def _grouped(ready: Mapping[str, Ready]) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Choices under what they are: one's own presets, then the marketplaces."""
    groups: dict[bool, list[tuple[str, Any]]] = {True: [], False: []}
    for key, preset in ready.items():
        groups[preset.is_own].append((key, preset.label))
    titles = {True: gettext_lazy("My presets"), False: gettext_lazy("Marketplaces")}
    return [(titles[is_own], choices) for is_own, choices in groups.items() if choices]


class SettingForm(SettingsForm):
    """What is made of each photo of a batch: a preset (own or a marketplace's) or settings, and the names."""

    preset = forms.ChoiceField(label=gettext_lazy("Made for"), required=False)
    names = forms.CharField(label=gettext_lazy("Names"), max_length=200, required=False)

    field_order = ("preset", *_SHARED, "names")

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(SettingsForm.base_fields).difference(_SHARED):
            del self.fields[name]
        # A preset may say what the settings here cannot show; without one, what programs have set stays.
        self._base = Recipe() if batch.preset else setting.of(batch)
        has_picture = isinstance(self._base.ground, Picture)
        grounds = [choice for choice in GROUNDS if has_picture or choice[0] != "picture"]
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]
        self._ready = setting.ready_made(batch)
        self.fields["preset"].choices = [("", gettext_lazy("My own setting below")), *_grouped(self._ready)]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """The form as the batch stands."""
        form = cls(batch=batch)
        form.initial = {**settings_of(form._base), "preset": batch.preset, "names": batch.names}
        return form

    def clean_names(self) -> str:
        names: str = self.cleaned_data["names"] or DEFAULT_NAMES
        if not is_template(names):
            raise ValidationError(_("Names may hold {folder}, {name}, {n}, {n:04} and {preset}."))
        return names

    @property
    def document(self) -> dict[str, Any]:
        """The recipe; empty when it changes nothing."""
        chosen = self._ready.get(self.cleaned_data["preset"])
        own = {} if chosen else recipes.canonical(self.applied_to(self._base))
        return setting.canonical(chosen.document if chosen else own)
