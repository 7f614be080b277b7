"""Every rule about a guide that staff write."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from policy.models import Guide
from policy.outbound import links

_LINK = re.compile(r"\]\(\s*<?(https?://[^)\s>]*)", re.IGNORECASE)
_FIRST_LEVEL = re.compile(r"^# ", re.MULTILINE)


class GuideForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Guide
        fields = ["slug", "language", "title", "summary", "body", "order", "is_published"]
        widgets = {
            "title": forms.TextInput(attrs={"size": 80}),
            "summary": forms.Textarea(attrs={"rows": 2, "cols": 80}),
            "body": forms.Textarea(attrs={"rows": 30, "cols": 100}),
        }

    def clean_body(self) -> str:
        text: str = self.cleaned_data["body"].replace("\r\n", "\n")
        if _FIRST_LEVEL.search(text):
            raise forms.ValidationError(
                _("The title is the only heading of the first level: begin headings with ##.")
            )
        for url in _LINK.findall(text):
            _refuse_if_bad(url)
        return text


def _refuse_if_bad(url: str) -> None:
    try:
        links.checked(url)
    except links.BadTarget:
        message = _("Nobody can be sent to this address: %(url)s")
        raise forms.ValidationError(message, params={"url": url}) from None
