"""What an owner fills in to show a picture to everybody."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bgbegone.lib.names import readable
from images.gallery.wording import VERSION, WORDS


class AgreeForm(forms.Form):
    """The box is empty until somebody ticks it, and the words beside it are those that were read."""

    wording = forms.CharField(widget=forms.HiddenInput, initial=VERSION)
    agrees = forms.BooleanField(
        label=WORDS,
        error_messages={"required": _("Nothing is shown unless you tick the box.")},
    )
    credit = forms.CharField(label=_("A name to stand below it"), max_length=60, required=False)

    def clean_wording(self) -> str:
        read: str = self.cleaned_data["wording"]
        if read != VERSION:
            raise forms.ValidationError(_("These words have changed meanwhile. Please read them once more."))
        return read

    def clean_credit(self) -> str:
        return readable(self.cleaned_data["credit"])
