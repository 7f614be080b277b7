"""What an owner can choose for a new link."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from images.photos.models import Photo

MOST_LINKS = 20
_HOURS = (1, 6, 24, 24 * 7, 24 * 30)


def _in_words(hours: int) -> str:
    if hours % 24:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


def life_choices(longest: timedelta) -> list[tuple[int, str]]:
    """Hours that a link may work, up to the longest, in words."""
    most = int(longest.total_seconds() // 3600)
    return [(hours, _in_words(hours)) for hours in sorted({h for h in _HOURS if h < most} | {most})]


class LinkPasswordField(forms.CharField):
    """Shown as it is typed, since its owner has to tell it to somebody; no browser is asked to keep it."""

    def __init__(self) -> None:
        widget = forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        )
        super().__init__(label=_("Password"), required=False, min_length=8, max_length=100, widget=widget)

    def clean(self, value: str | None) -> str:
        """Spaces alone are no password, and no wish for a link without one."""
        words: str = super().clean(value)
        if value and not words:
            MinLengthValidator(self.min_length)(words)
        return words


class ShareForm(forms.Form):
    """Life, downloads and password of a new link; no life is longer than the photo's owner may give."""

    max_downloads = forms.IntegerField(
        label=_("Downloads allowed"), required=False, min_value=1, max_value=100_000
    )
    password = LinkPasswordField()

    def __init__(self, *args: Any, photo: Photo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photo = photo
        choices = life_choices(photo.link_lifetime)
        self.fields["hours"] = forms.TypedChoiceField(
            label=_("Works for"), coerce=int, choices=choices, initial=choices[-1][0]
        )

    def clean_hours(self) -> int:
        if self.photo.links.open().count() >= MOST_LINKS:
            message = _("This photo has %(most)s links already. Please withdraw one of them first.")
            raise forms.ValidationError(message, params={"most": MOST_LINKS})
        hours: int = self.cleaned_data["hours"]
        return hours

    @property
    def lifetime(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["hours"])
