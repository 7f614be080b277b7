"""The words of a version: their placeholders, their clauses, and their checksum.

A text may hold `{operator_name}` and `{operator_address}`. They are filled in when the page is shown, so
that the same text, with the same checksum, serves every operator.
"""

import hashlib
import re
from collections.abc import Iterable

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from bgbegone.lib import markdown
from bgbegone.lib.markdown import Section
from policy.clauses import CLAUSES
from policy.versions.models import PolicyText

# A page is opened more often than its text changes. Not for ever: links to other sites are signed.
_DAY = 24 * 3600

# Where two languages of a version say different things, what this one says holds.
BINDING = "en"

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def sections_of(text: PolicyText) -> list[Section]:
    """The parts of a text as HTML, with its placeholders filled in."""
    # Late: that part of the app lies above this one, and only a text with such links needs it.
    from policy.outbound.links import leave

    body = _filled(text.body)
    key = f"policy:sections:{hashlib.sha256(body.encode()).hexdigest()}"
    found: list[Section] | None = cache.get(key)
    if found is None:
        found = markdown.sections(body, leave=leave)
        cache.set(key, found, _DAY)
    return found


def _filled(body: str) -> str:
    name = settings.OPERATOR_NAME or _("the operator of this site")
    address = settings.OPERATOR_ADDRESS or _("no address has been entered yet")
    return body.replace("{operator_name}", _escaped(name)).replace("{operator_address}", _escaped(address))


def _escaped(value: str) -> str:
    """Shown as it is, whatever it holds: a name is no Markdown."""
    return _PUNCTUATION.sub(r"\\\1", value)


def missing_clauses(body: str) -> list[str]:
    """Clauses that have no heading in the text, more than one, or nothing below it."""
    bodies = [section.anchor for section in markdown.sections(body) if section.body.strip()]
    return [clause for clause in CLAUSES if bodies.count(clause) != 1]


def plain(number: int, texts: Iterable[PolicyText]) -> str:
    """A version as one text file: what the checksum is taken of, and what readers may download."""
    parts = [f"Background Be Gone: privacy policy, version {number}\n"]
    for text in sorted(texts, key=lambda text: text.language):
        parts.append(f"\n[{text.language}]\n\n{text.body.strip()}\n")
        if text.changes.strip():
            parts.append(f"\n[{text.language}: changes]\n\n{text.changes.strip()}\n")
    return "".join(parts).replace("\r\n", "\n")


def digest_of(number: int, texts: Iterable[PolicyText]) -> str:
    return hashlib.sha256(plain(number, texts).encode()).hexdigest()
