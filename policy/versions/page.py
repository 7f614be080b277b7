"""The policy as a page: its clauses, and beside each how it is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from bgbegone.lib.markdown import Section
from bgbegone.lib.words import Words
from policy import evidence
from policy.clauses import MECHANISMS
from policy.evidence import Evidence
from policy.versions import wording
from policy.versions.models import PolicyText, PolicyVersion

_PROOFS = Path(__file__).with_name("proofs.json")
_TEXTS = Path(__file__).with_name("texts")
# The versions that the software brings along.
_OURS = ("2", "1")


@dataclass(frozen=True, slots=True)
class Proof:
    """A test, by its file and name."""

    file: str
    name: str

    @property
    def sentence(self) -> str:
        """The name as it reads: tests are named after what they prove."""
        return self.name.split("_", 2)[2].replace("_", " ")


@dataclass(frozen=True, slots=True)
class Clause:
    section: Section
    mechanism: Words | None
    evidence: list[Evidence]
    proofs: tuple[Proof, ...]

    @property
    def figures(self) -> list[Evidence]:
        return [shown for shown in self.evidence if isinstance(shown, evidence.Figure)]

    @property
    def tables(self) -> list[Evidence]:
        return [shown for shown in self.evidence if isinstance(shown, evidence.Table)]


def text_of(version: PolicyVersion, language: str | None = None) -> PolicyText:
    """A version in the reader's language, or else in the site's, or in any. Raises DoesNotExist."""
    texts = {text.language: text for text in version.texts.all() if text.body.strip()}
    wanted = language or get_language() or ""
    for name in (wanted, wanted.partition("-")[0], settings.LANGUAGE_CODE, *texts):
        if name in texts:
            return texts[name]
        if aid := _reading_aid(version, texts.get(wording.BINDING), name):
            return aid
    raise PolicyText.DoesNotExist


def _reading_aid(version: PolicyVersion, binding: PolicyText | None, language: str) -> PolicyText | None:
    """Our own words in a language that came after them: a translation to read, not a part of the version.

    Only beside exactly the words that it translates; an operator's own have none.
    """
    if not binding or not _is_language(language):
        return None
    for number in _OURS:
        body = _words(f"translations/{number}", language)
        if body and binding.body.strip() == _words(number, wording.BINDING):
            return PolicyText(version=version, language=language, body=body)
    return None


def _is_language(language: str) -> bool:
    return language in dict(settings.LANGUAGES)


@cache
def _words(name: str, language: str) -> str:
    file = _TEXTS / f"{name}.{language}.md"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def clauses_of(text: PolicyText, *, with_evidence: bool) -> tuple[list[Section], list[Clause]]:
    """What stands before the first clause, and the clauses."""
    sections = wording.sections_of(text)
    first = next((i for i, section in enumerate(sections) if section.anchor), len(sections))
    return sections[:first], [_clause(section, with_evidence) for section in sections[first:]]


def _clause(section: Section, with_evidence: bool) -> Clause:
    if not with_evidence or section.anchor not in MECHANISMS:
        return Clause(section, None, [], ())
    anchor = section.anchor
    return Clause(section, MECHANISMS[anchor], evidence.of(anchor), proofs().get(anchor, ()))


@cache
def proofs() -> Mapping[str, tuple[Proof, ...]]:
    """The tests that prove each clause; the suite compares the file with itself."""
    listed: dict[str, list[list[str]]] = json.loads(_PROOFS.read_text())
    return {clause: tuple(Proof(*test) for test in tests) for clause, tests in listed.items()}
