"""Every rule about a message that somebody sends us."""

import unicodedata
import uuid
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from policy.contact import tickets
from policy.models import ContactMessage

MOST_CHARACTERS = 5000


def in_one_line(value: str) -> None:
    """A line break in a name could become a header of an e-mail."""
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in value):
        raise ValidationError(_("Please write your name in one line."))


class LongText(forms.CharField):
    """Counts a line break as one character, as writers do, although browsers send two.

    The limit is not told to the browser, which would cut off what is pasted without a word.
    """

    widget = forms.Textarea

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class ContactForm(forms.Form):
    """What a person fills in, a field that only machines see, and the ticket of the page."""

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        strip=False,  # a line break that is taken away is one that nobody has refused
        max_length=100,
        validators=[in_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Please write your e-mail address. Without it we cannot answer."),
            "invalid": _("This is not an e-mail address. It should look like name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    topic = forms.ChoiceField(
        label=_("What it is about"),
        choices=[("", _("Please choose")), *ContactMessage.Topic.choices],
        error_messages={
            "required": _("Please choose what your message is about."),
            "invalid_choice": _("Please choose what your message is about."),
        },
    )
    message = LongText(
        label=_("Your message"),
        max_length=MOST_CHARACTERS,
        error_messages={"required": _("Please write your message.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    website = forms.CharField(required=False)
    ticket = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ticket = ""

    def clean_website(self) -> None:
        # Not a silent success: some browsers fill in fields that their owner does not see.
        if self.cleaned_data["website"]:
            message = _(
                "A field that people cannot see was filled in. It is empty again: please send once more."
            )
            raise ValidationError(message)

    def clean_ticket(self) -> uuid.UUID:
        text = self.cleaned_data["ticket"]
        try:
            submission = tickets.read(text)
        except tickets.TooFast:
            self._ticket = text
            message = _("That was faster than people write, so it was not sent. Please send once more.")
            raise ValidationError(message) from None
        except (signing.BadSignature, ValueError, TypeError):
            message = _(
                "This page has been open for too long. Your message is still here: please send once more."
            )
            raise ValidationError(message) from None
        self._ticket = text
        return submission

    @property
    def people_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "email", "topic", "message")]

    @property
    def open_ticket(self) -> str:
        """The ticket to write into the page: the one that came in, as long as it holds."""
        return self._ticket or tickets.issue()

    @property
    def submission(self) -> uuid.UUID:
        """The same for both clicks of a double click; another one when the words were changed between."""
        words = "\0".join(self.cleaned_data[name] for name in ("name", "email", "topic", "message"))
        return uuid.uuid5(self.cleaned_data["ticket"], words)
