from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# The value of the choice that says nothing by itself.
OTHER = "other"


class ReasonForm(forms.Form):
    """Why staff open what is hidden. The person whom it concerns reads it.

    `reasons` are the choices; the one whose value is “other” needs words.
    """

    reason = forms.ChoiceField(label=_("Why"))
    note = forms.CharField(
        label=_("In your words"),
        max_length=200,
        required=False,
        help_text=_("Needed for another reason. The person reads it."),
    )

    def __init__(self, reasons: type[TextChoices], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", _("Choose a reason")), *reasons.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == OTHER and not cleaned.get("note"):
            self.add_error("note", _("Please say which reason."))
        return cleaned
