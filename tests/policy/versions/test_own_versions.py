"""The versions that the software brings along."""

import hashlib
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from bgbegone.lib import markdown
from policy.clauses import CLAUSES, MECHANISMS
from policy.models import PolicyVersion
from policy.versions import page, services, wording
from tests.policy.versions.base import published

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
PUBLISHED = ("de", "en")
# The texts are part of a migration: an installation of tomorrow must get what those of today have.
FROZEN = {
    1: "9f82f724a6872b552ed5ab6b93543e0cf805f0cd6f465f8af3374d2f902cd822",
    2: "e10a964b4b6841e12c029c62d1bbca0586e31c9204c871ee3f8d5711d52ab948",
}


def _first() -> PolicyVersion:
    return PolicyVersion.objects.get(number=1)


def test_p01_both_are_there_from_the_start_and_nobody_is_asked_about_the_second() -> None:
    second = PolicyVersion.objects.get(number=2)
    assert services.in_force() == second
    assert (_first().is_material, second.is_material) == (True, False)
    assert services.is_genuine(_first())
    assert services.is_genuine(second)
    assert all(text.changes for text in second.texts.all())


@pytest.mark.parametrize("language", LANGUAGES)
def test_p13_the_second_says_what_the_gallery_is_in_every_language(language: str) -> None:
    first, second = (page.text_of(PolicyVersion.objects.get(number=n), language).body for n in (1, 2))
    assert wording.missing_clauses(second) == []
    changed = [line for line in second.splitlines() if line not in first.splitlines()]
    assert len(changed) == 2


def test_p01_the_second_never_follows_what_an_operator_has_published() -> None:
    migration = import_module("policy.migrations.0008_second_policy")
    published("Words of an operator.")
    migration.publish_second(apps, None)
    assert services.in_force() == PolicyVersion.objects.get(number=3)
    assert PolicyVersion.objects.drafts().count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_p01_it_says_all_sixteen_promises_in_order(language: str) -> None:
    body = page.text_of(_first(), language).body
    assert wording.missing_clauses(body) == []
    anchors = [section.anchor for section in markdown.sections(body) if section.anchor]
    assert anchors == list(CLAUSES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_promise_says_something(language: str) -> None:
    for section in markdown.sections(page.text_of(_first(), language).body):
        assert len(section.body) > 150, section.anchor


def test_the_languages_have_the_same_shape() -> None:
    shapes = {
        tuple(
            section.body.count("<p>") + section.body.count("<li>") for section in markdown.sections(text.body)
        )
        for text in (page.text_of(_first(), language) for language in LANGUAGES)
    }
    assert len(shapes) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_p01_a_translation_is_no_part_of_the_version(language: str) -> None:
    text = page.text_of(_first(), language)
    assert text.language == language
    assert (text.pk is not None) == (language in PUBLISHED)
    assert (f"[{language}]" in wording.plain(1, _first().texts.all())) == (language in PUBLISHED)


def test_p01_other_words_are_not_shown_as_translated() -> None:
    assert page.text_of(published("An operator's own words."), "fr").language == "en"


@pytest.mark.parametrize("number", FROZEN)
def test_their_files_are_never_changed(number: int) -> None:
    folder = Path(wording.__file__).with_name("texts")
    texts = b"".join(file.read_bytes() for file in sorted(folder.glob(f"{number}.*.md")))
    assert hashlib.sha256(texts).hexdigest() == FROZEN[number], "draft a new version in the admin instead"


def test_every_clause_has_a_mechanism() -> None:
    assert tuple(MECHANISMS) == CLAUSES
