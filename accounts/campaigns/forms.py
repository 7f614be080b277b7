"""What staff write and choose."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.campaigns import links, placeholders
from accounts.campaigns.models import Campaign
from bgbegone.lib import markdown

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Campaign
        fields = ["subject", "language", "audience_name", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 20, "cols": 80})}

    def clean_subject(self) -> str:
        """One line: a line break in a subject would begin another header."""
        subject: str = self.cleaned_data["subject"]
        if _CONTROL.search(subject):
            raise forms.ValidationError(_("The subject has to be one line without control characters."))
        _check_placeholders(subject)
        return subject

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        _check_placeholders(body)
        urls = markdown.links(placeholders.mark(body).text)
        if len(urls) > links.MOST:
            raise forms.ValidationError(
                _("It has more than %(most)s links, and each is tried before it is sent. Leave some out."),
                params={"most": links.MOST},
            )
        if any(map(placeholders.is_in, urls)):
            raise forms.ValidationError(
                _("A placeholder stands in a link: it would tell the other side who follows it.")
            )
        return body


def _check_placeholders(text: str) -> None:
    problem = placeholders.problem_of(text)
    if problem:
        raise forms.ValidationError(problem)


class ScheduleForm(forms.Form):
    """Now, or at a moment in the zone of the site."""

    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: now."),
    )

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at and at < timezone.now():
            raise forms.ValidationError(_("This moment is over. Leave it empty to send now."))
        return at
