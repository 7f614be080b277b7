"""Every rule about what the forms at the foot of each page send."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from policy.cookies.models import CookieConsent


class WayBackForm(forms.Form):
    """A form that leads back to the page it stands on."""

    next = forms.CharField(required=False, max_length=2000)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request

    @property
    def way_back(self) -> str:
        """A path of this site; empty for anything else."""
        path: str = self.cleaned_data["next"]
        hosts = {self._request.get_host()}
        is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, hosts)
        return path if is_ours else ""


class ChoiceForm(WayBackForm):
    """Yes or no to everything, or a decision on each category."""

    answer = forms.ChoiceField(choices=[("no", "no"), ("yes", "yes"), ("each", "each")])
    how = forms.ChoiceField(choices=CookieConsent.How.choices)
    convenience = forms.ChoiceField(choices=[("no", "no"), ("yes", "yes")], required=False)
    statistics = forms.ChoiceField(choices=[("no", "no"), ("yes", "yes")], required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("answer") == "each" and not all(
            self.cleaned_data.get(name) for name in ("convenience", "statistics")
        ):
            raise ValidationError("Each category needs an answer.")

    def says_yes_to(self, category: str) -> bool:
        answer = self.cleaned_data["answer"]
        return bool((self.cleaned_data[category] if answer == "each" else answer) == "yes")


class LanguageForm(WayBackForm):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
