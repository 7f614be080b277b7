"""What people choose for a finished picture, without a script too."""

from dataclasses import replace

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from images.engine.edits.parts import Colour, Kind, Transparent
from images.engine.edits.recipe import Recipe

KINDS = (Kind.PNG, Kind.WEBP, Kind.AVIF, Kind.JPEG, Kind.ZIP)


class DownloadForm(forms.Form):
    """In which form a result is wanted."""

    format = forms.ChoiceField(choices=[(kind.value, kind.name) for kind in KINDS], required=False)
    backdrop = forms.ChoiceField(
        choices=[("transparent", _("Transparent")), ("colour", _("Colour"))], required=False
    )
    background = forms.CharField(
        required=False,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Please choose a colour."))],
    )

    @property
    def chosen_format(self) -> Kind:
        return Kind(self.cleaned_data["format"] or Kind.PNG)

    @property
    def chosen_background(self) -> tuple[int, int, int] | None:
        """Red, green and blue from 0 to 255; None leaves the background transparent."""
        text = self.cleaned_data["background"]
        if self.cleaned_data["backdrop"] != "colour" or not text:
            return None
        red, green, blue = bytes.fromhex(text[1:])
        return red, green, blue

    def applied_to(self, recipe: Recipe) -> Recipe:
        """The recipe with what was chosen here."""
        colour = self.chosen_background
        return replace(
            recipe,
            ground=Colour(colour) if colour else Transparent(),
            output=replace(recipe.output, format=self.chosen_format),
        )
