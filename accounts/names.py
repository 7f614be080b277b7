"""One spelling for one name: user names and addresses that look alike are the same.

“Alice”, “ALICE” and “Ａｌｉｃｅ” are one user name; an address in capitals, or with its domain in another
script, is one address.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# No “@”: a user name that looks like somebody else's address would be taken for it.
_USERNAME = re.compile(r"[\w.+-]+\Z")
# Alphabets whose letters are easily taken for each other's.
_ALIKE = {"LATIN", "CYRILLIC", "GREEK"}
_LOOKS = str.maketrans(
    # Cyrillic, Greek, and what stands for a letter. Small letters: whatever is looked up was folded before.
    "авеікмнорстухѕјһԁԛԝӏ" + "αβεικνορτυχωγ" + "01|ılіꞌ",
    "abeikmhopctyxsjhdqwi" + "abeikvoptuxwy" + "oiiiii" + "i",
)
_HOUSE = """
    abuse admin administrator backgroundbegone bgbegone billing contact dpo help helpdesk hostmaster info
    moderator noreply official operator owner postmaster privacy root security service staff superuser
    support sysadmin system team webmaster
""".split()  # noqa: SIM905 (a list of forty lines reads worse)
# Turn the direction of the text around them, so that a name reads as something else.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def fold(text: str) -> str:
    """What two spellings of one user name have in common."""
    return unicodedata.normalize("NFKC", normal(text).casefold())


def look(text: str) -> str:
    """What two user names have in common that an eye takes for each other: “аdmin0” and “ADMINO”.

    Letters as Unicode's list of confusables has them, for the alphabets that have whole words of them.
    """
    return fold(text).translate(_LOOKS).replace("rn", "m").replace("vv", "w")


def canonical_email(text: str) -> str:
    """The one spelling under which an address is stored and looked up: small letters, ASCII domain."""
    local, _at, domain = normal(text).rpartition("@")
    try:
        # As the mail backend writes it into the envelope, so that what we compare is what gets the mail.
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        pass  # no domain at all: the field's own validator says so
    return f"{local}@{domain}".lower() if local else normal(text).lower()


def validate_username(name: str) -> None:
    """Raises ValidationError, with a sentence for the form."""
    if not _USERNAME.match(name):
        raise ValidationError(_("Use letters, digits, and the characters . + - _ only."))
    if not any(map(str.isalnum, name)):
        raise ValidationError(_("Use at least one letter or digit."))
    if len(_alphabets(name) & _ALIKE) > 1:
        raise ValidationError(_("Please do not mix letters of different alphabets that look alike."))


def speaks_for_the_house(name: str) -> bool:
    """Whoever reads it would take its owner for us: “support”, “Ad-min_1”, “the.staff”."""
    letters = "".join(letter for letter in fold(name).rstrip("0123456789.+-_") if letter.isalnum())
    return any(look(letters) in (look(word), look(f"the{word}")) for word in _HOUSE)


def _alphabets(name: str) -> set[str]:
    return {unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}


def validate_full_name(name: str) -> None:
    """Any script, but no line breaks and nothing that is not shown."""
    if _TURNING.search(name) or any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name):
        raise ValidationError(_("Please leave out line breaks and invisible characters."))
