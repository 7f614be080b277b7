"""What somebody may say about a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from images.api.fetching import addresses
from images.api.fetching.addresses import BadAddress
from images.api.webhooks.models import Event, Webhook

MOST_WEBHOOKS = 10

_SENTENCES = {
    "malformed": _("This is no address."),
    "scheme": _("An address of a webhook begins with https:// or http://."),
    "credentials": _("Please leave out user name and password: messages are signed instead."),
    "port": _("This port is not for web servers."),
    "ours": _("This is an address of this site itself."),
}


class WebhookForm(forms.Form):
    """An address, and what it is told. Where the address leads is looked at each time it is called."""

    address = forms.CharField(
        label=_("Address"), max_length=2000, help_text=_("For example https://shop.example/cutouts")
    )
    events = forms.MultipleChoiceField(
        label=_("It is told when"),
        choices=Event.choices,
        initial=Event.values,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean_address(self) -> str:
        try:
            return addresses.check(self.cleaned_data["address"].strip())
        except BadAddress as err:
            raise forms.ValidationError(_SENTENCES[err.code]) from err

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        hooks = Webhook.objects.filter(owner=self.owner)
        if hooks.count() >= MOST_WEBHOOKS:
            message = _("You have %(most)s webhooks already. Please delete one of them first.")
            raise forms.ValidationError(message, params={"most": MOST_WEBHOOKS})
        if hooks.filter(address=data.get("address")).exists():
            self.add_error("address", _("This address is told already."))
        return data

    def chosen(self) -> Webhook:
        """The webhook as it was asked for, not yet saved."""
        return Webhook(
            owner=self.owner, address=self.cleaned_data["address"], events=self.cleaned_data["events"]
        )
