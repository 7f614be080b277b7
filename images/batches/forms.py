"""Every rule about what people want of a batch."""

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from images.batches import manifest
from images.batches.links import LONGEST_REMARK, MOST_LINKS, Remark, longest_life
from images.batches.manifest import Entry
from images.batches.models import Batch
from images.photos import guests
from images.sharing.forms import life_choices


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
        return "".join(c for c in self.cleaned_data["name"] if c.isprintable()).strip()[:200]

    @property
    def is_private(self) -> bool:
        return self.cleaned_data.get("visibility") == "private"


class TwinsForm(forms.Form):
    """The answer to the question about files that are in the batch already."""

    answer = forms.ChoiceField(choices=[choice for choice in Batch.Twins.choices if choice[0]])


class LinkForm(forms.Form):
    """Life of a new link to a batch, and whether whoever has it may say what they think."""

    may_review = forms.BooleanField(label=_lazy("May accept and comment"), required=False)

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.fields["hours"] = forms.TypedChoiceField(
            label=_lazy("Works for"), coerce=int, choices=life_choices(longest_life(batch))
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
