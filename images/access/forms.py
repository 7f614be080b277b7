from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from images.models import ImageAccess


class LookForm(forms.Form):
    """Why a picture is looked at. Its owner reads it."""

    reason = forms.ChoiceField(
        label=_("Why"), choices=[("", _("Choose a reason")), *ImageAccess.Reason.choices]
    )
    note = forms.CharField(
        label=_("In your words"),
        max_length=200,
        required=False,
        help_text=_("Needed for another reason. The owner reads it."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == ImageAccess.Reason.OTHER and not cleaned.get("note"):
            self.add_error("note", _("Please say which reason."))
        return cleaned
