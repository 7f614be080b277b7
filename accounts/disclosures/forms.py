"""Every rule about what staff write into the register."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.disclosures.models import CAN_BE_SEALED, LONGEST_SEAL, Ground, Item
from accounts.disclosures.services import Terms, agreement_for
from accounts.models import User

_NOBODYS = _("Please leave the person's own data out: this record outlives the account.")


def says_who(text: str, user: User) -> bool:
    """Whether a text repeats what could be disclosed about somebody."""
    words, digits = set(names.fold(text).split()), "".join(filter(str.isdigit, text))
    name = set(names.fold(user.full_name).split())
    number = user.phone.lstrip("+")
    is_named = bool(name) and name <= words
    is_called = bool(number) and number in digits
    return is_named or is_called or bool(user.email and user.email in names.fold(text))


def _recipient() -> forms.CharField:
    return forms.CharField(
        label=_("Recipient"),
        max_length=200,
        help_text=_("The whole name of the company, court or authority."),
        validators=[names.validate_full_name],
    )


def _items() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("What is disclosed"), choices=Item.choices, widget=forms.CheckboxSelectMultiple
    )


def _text(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        widget=widget,
        validators=[MaxLengthValidator(500)],
    )


class AskForm(forms.Form):
    """A question to the person: may this recipient get these fields?"""

    recipient = _recipient()
    items = _items()
    purpose = _text(_("What for"), _("The person reads this, and decides by it."))


class DisclosureForm(forms.Form):
    """A new row of the register, about one person or, when the business is sold, about all."""

    ground = forms.ChoiceField(label=_("Ground"), choices=Ground, widget=forms.RadioSelect)
    recipient = _recipient()
    items = _items()
    evidence = _text(
        _("Proof or reason"),
        _(
            "(b) the order and its file number, (c) the contract, (d) what danger there is. The person reads "
            "it, when the seal ends if there is one. For (a) the agreement itself is the proof."
        ),
        required=False,
    )
    sealed_until = forms.DateField(
        label=_("Sealed until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("For (b) and (d), if the person must not learn of it yet. They are told on that day."),
    )

    def __init__(self, *args: Any, user: User | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        sale_only = [(Ground.SALE.value, Ground.SALE.label)]
        one_person = [(value, label) for value, label in Ground.choices if value != Ground.SALE]
        self.fields["ground"].choices = one_person if user else sale_only  # type: ignore[attr-defined]
        if user is None:
            self.fields["ground"].initial = Ground.SALE
            del self.fields["sealed_until"]

    def clean_recipient(self) -> str:
        return self._without_the_person(str(self.cleaned_data["recipient"]))

    def clean_evidence(self) -> str:
        return self._without_the_person(str(self.cleaned_data["evidence"]))

    def _without_the_person(self, text: str) -> str:
        if self.user and says_who(text, self.user):
            raise forms.ValidationError(_NOBODYS)
        return text

    def clean_sealed_until(self) -> Any:
        until = self.cleaned_data["sealed_until"]
        today = timezone.localdate()
        if until and not today < until <= today + LONGEST_SEAL:
            sentence = _("A seal ends tomorrow at the earliest, and in %(days)d days at the latest.")
            raise forms.ValidationError(sentence % {"days": LONGEST_SEAL.days})
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ground = cleaned.get("ground")
        if ground and ground != Ground.AGREEMENT and "evidence" in cleaned and not cleaned["evidence"]:
            self.add_error("evidence", _("Without a proof or a reason nothing is disclosed."))
        if cleaned.get("sealed_until") and ground not in CAN_BE_SEALED:
            self.add_error("sealed_until", _("Only grounds (b) and (d) can be sealed."))
        if ground == Ground.AGREEMENT and not self.errors:
            self._check_agreement(cleaned)
        return cleaned

    def _check_agreement(self, cleaned: dict[str, Any]) -> None:
        if self.user and not agreement_for(self.user, cleaned["recipient"], cleaned["items"]):
            sentence = _("This person has not agreed that this recipient gets these fields. Ask first.")
            self.add_error("ground", sentence)

    def terms(self) -> Terms:
        cleaned = self.cleaned_data
        return Terms(
            ground=cleaned["ground"],
            recipient=cleaned["recipient"],
            fields=cleaned["items"],
            evidence=cleaned["evidence"],
            sealed_until=cleaned.get("sealed_until"),
        )


class SealForm(forms.Form):
    """A longer seal, for a reason that stays."""

    until = forms.DateField(label=_("Sealed until"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = _text(_("Why longer"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        latest = timezone.localdate() + LONGEST_SEAL
        self.fields["until"].widget.attrs["max"] = latest.isoformat()
        self.fields["until"].widget.attrs["min"] = (timezone.localdate() + timedelta(days=1)).isoformat()
