"""What an owner agrees to, word for word. Whoever changes it gives it a new version."""

from django.utils.translation import gettext_lazy as _

from bgbegone.lib.words import Words

VERSION = "2026-11"

WORDS: Words = _(
    "I agree that this picture is shown to everybody in the public gallery of this site: the photo as I "
    "sent it beside the result as it is now, both at most 1280 pixels long. Staff of this site may look at "
    "the two and decide whether they are shown. They are used for nothing else. Whoever can be recognised "
    "in them has agreed, too. I can withdraw this at any time, and both are gone from the gallery at once."
)
