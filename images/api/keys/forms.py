"""What a new key may be."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from images.api.keys.models import ApiKey, Scope

MOST_KEYS = 20
# An old one and its successor: that is what changing a key without a gap takes.
MOST_OF_A_NAME = 2
_DAYS = (30, 90, 365)


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, scopes, life and limits of a new key. `submission` tells a double click from two keys."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("For you: where the key will be used.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        initial=[Scope.CUT_OUT, Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        choices=[
            *(
                (days, ngettext_lazy("%(count)d day", "%(count)d days", days) % {"count": days})
                for days in _DAYS
            ),
            (0, _("No end")),
        ],
        initial=365,
    )
    megapixels_per_minute = forms.IntegerField(
        label=_("Megapixels a minute"), required=False, min_value=1, max_value=1_000_000
    )
    megapixels_per_day = forms.IntegerField(
        label=_("Megapixels a day"), required=False, min_value=1, max_value=100_000_000
    )
    is_sandbox = forms.BooleanField(
        label=_("Sandbox: results carry a watermark and use up no limit"), required=False
    )

    class Meta:
        model = ApiKey
        fields = ("name", "is_sandbox", "megapixels_per_minute", "megapixels_per_day")

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if not name.isprintable():
            raise forms.ValidationError(_("Please use letters and digits for the name."))
        return name

    def clean_megapixels_per_minute(self) -> int | None:
        """Its owner may tighten the server's limit, and not loosen it."""
        wanted: int | None = self.cleaned_data["megapixels_per_minute"]
        most = settings.API_MEGAPIXELS_PER_MINUTE
        if wanted and wanted > most:
            message = _("At most %(most)s megapixels a minute are allowed here.")
            raise forms.ValidationError(message, params={"most": most})
        return wanted

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        keys = ApiKey.objects.open().filter(owner=self.owner)
        if keys.count() >= MOST_KEYS:
            message = _("You have %(most)s keys already. Please withdraw one of them first.")
            raise forms.ValidationError(message, params={"most": MOST_KEYS})
        if keys.filter(name=data.get("name")).count() >= MOST_OF_A_NAME:
            self.add_error(
                "name",
                _("Two keys of this name work already, the old one and the new one. Withdraw one first."),
            )
        return data

    def chosen(self) -> ApiKey:
        """The key as it was asked for, not yet saved."""
        key: ApiKey = self.save(commit=False)
        key.owner = self.owner
        for scope in Scope:
            setattr(key, f"may_{scope.value}", scope in self.cleaned_data["scopes"])
        days = self.cleaned_data["days"]
        key.expires_at = timezone.now() + timedelta(days=days) if days else None
        return key
