"""What no password may be, beside what Django refuses."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import names

_SITE = {"background", "be", "gone", "bgbegone", "remove", "removal", "photo", "photos", "password"}
# What is left of it has to be worth guessing at.
_LEAST = 6


class OwnWordsValidator:
    """Refuses what is made of the words of this site, which whoever guesses tries first."""

    def validate(self, password: str, user: object = None) -> None:
        text = names.look(password)
        for word in sorted(_words(), key=len, reverse=True):
            text = text.replace(names.look(word), "")
        if sum(map(str.isalnum, text)) < _LEAST:
            raise ValidationError(self.get_help_text(), code="password_of_our_words")

    def get_help_text(self) -> str:
        return _("A password of this site’s own words is the first that others try.")


def _words() -> set[str]:
    """Of the product, of the address, and of whoever runs it."""
    named = f"{urlsplit(settings.SITE_URL).hostname} {settings.OPERATOR_NAME}".lower()
    return _SITE | {word for word in re.split(r"\W+", named) if len(word) > 2}
