"""Fields of models and forms that know what a name, an address and a phone number are."""

from typing import Any

import phonenumbers
from allauth.account.fields import EmailField
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import names


class FoldedField(models.CharField):  # type: ignore[type-arg]
    """Holds what all spellings of another field's value have in common, for a unique index on it."""

    fold = staticmethod(names.fold)

    def __init__(self, *args: Any, source: str = "", **options: Any) -> None:
        self.source = source
        super().__init__(*args, **{"editable": False, **options})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "source": self.source}

    def pre_save(self, instance: models.Model, add: bool) -> str:
        value = self.fold(getattr(instance, self.source))
        setattr(instance, self.attname, value)
        return value


class LookField(FoldedField):
    """The same, for whatever an eye takes for each other."""

    fold = staticmethod(names.look)


class AddressField(EmailField):  # type: ignore[misc]
    """An e-mail address, in the one spelling under which it is stored."""

    def __init__(self, **options: Any) -> None:
        # As long as the column: a domain in another script grows when it is spelled in ASCII.
        super().__init__(**{"max_length": 254, **options})

    def to_python(self, value: Any) -> str:
        return names.canonical_email(super().to_python(value) or "")


class FullNameField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name"})
        defaults = {"label": _("Full name"), "max_length": 200, "widget": widget}
        super().__init__(**{**defaults, **options})
        self.validators.append(names.validate_full_name)


class PhoneField(forms.CharField):
    """A phone number as people write it, cleaned to E.164: “030 901820” becomes “+4930901820”.

    A number without a country code belongs to PHONE_REGION.
    """

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        defaults = {"label": _("Phone"), "max_length": 40, "widget": widget}
        super().__init__(**{**defaults, **options})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return _e164(text) if text else ""


def _international(text: str) -> str:
    """Without a country of its own, the library does not know that “00” stands for “+” in most of them."""
    is_abroad = text.startswith("00") and not settings.PHONE_REGION
    return f"+{text[2:]}" if is_abroad else text


def _e164(text: str) -> str:
    try:
        number = phonenumbers.parse(_international(names.normal(text)), settings.PHONE_REGION or None)
    except phonenumbers.NumberParseException as err:
        if err.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise ValidationError(_("Please begin with the country code, for example +49.")) from err
        raise ValidationError(_("This is not a phone number.")) from err
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValidationError(_("No such phone number can exist. Please look for a missing digit."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
