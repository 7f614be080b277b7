"""What somebody who leaves may say."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OptOutForm(forms.Form):
    """A reason, when there is one: a choice and no free text, so that nothing personal gets in."""

    reason = forms.ChoiceField(
        label=_("Why, if you like to say"),
        required=False,
        choices=[
            ("", _("No reason")),
            ("too-often", _("Too many e-mails")),
            ("not-useful", _("Not useful to me")),
            ("never-asked", _("I never asked for them")),
            ("other", _("Another reason")),
        ],
    )
