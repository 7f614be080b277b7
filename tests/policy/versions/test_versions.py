"""/privacy/versions/: old versions stay readable, with what changed."""

import pytest
from django.test import Client

from policy.models import PolicyVersion
from policy.versions import services
from tests.policy.versions.base import draft, published

pytestmark = pytest.mark.django_db


def _get(path: str, status: int = 200) -> str:
    response = Client().get(path, headers={"accept-language": "en"})
    assert response.status_code == status
    return response.content.decode()


def test_p01_an_old_version_stays_readable_as_it_was() -> None:
    published("Entirely new words.")
    page = _get("/privacy/versions/2/")
    assert "Your pictures are there for you" in page
    assert "no longer in force; version 3 is" in page
    assert "Entirely new words." not in page
    assert "Entirely new words." in _get("/privacy/")


def test_an_old_version_shows_no_live_figures() -> None:
    published()
    assert "How it is kept" not in _get("/privacy/versions/1/")
    assert "How it is kept" in _get("/privacy/versions/3/")


def test_the_list_names_every_version_newest_first() -> None:
    published()
    page = _get("/privacy/versions/")
    assert 0 < page.index("Version 3") < page.index("in force") < page.index("Version 2")
    assert "We say it in other words." in page
    for version in PolicyVersion.objects.published():
        assert version.digest in page


def test_what_a_version_changed_can_be_compared_word_by_word() -> None:
    published("One two three.")
    published("One four three.")
    page = _get("/privacy/versions/4/changes/")
    assert '<del><span class="visually-hidden">[removed: </span>two' in page
    assert '<ins><span class="visually-hidden">[added: </span>four' in page
    assert "We say it in other words." in page


def test_the_first_version_changed_nothing() -> None:
    _get("/privacy/versions/1/changes/", 404)


def test_a_draft_is_nowhere_to_be_seen() -> None:
    draft("Secret plans.")
    for path in ("/privacy/", "/privacy/versions/", "/privacy/versions/1/"):
        assert "Secret plans." not in _get(path)
    _get("/privacy/versions/3/", 404)
    _get("/privacy/versions/3/policy.txt", 404)


@pytest.mark.parametrize("number", ["0", "3", "9" * 40, "-1", "one", "1%00"])
def test_a_version_that_does_not_exist_is_not_found(number: str) -> None:
    _get(f"/privacy/versions/{number}/", 404)
    _get(f"/privacy/versions/{number}/changes/", 404)


def test_words_in_a_text_cannot_act() -> None:
    begun = draft("<script>alert(1)</script>")
    begun.texts.update(changes="<img src=x onerror=alert(1)>")
    services.publish(begun.pk)
    for path in ("/privacy/", "/privacy/versions/", "/privacy/versions/3/changes/"):
        page = _get(path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_reader_in_another_language_gets_what_there_is() -> None:
    published("Words of an operator.")
    page = Client().get("/privacy/versions/3/", headers={"accept-language": "ar"}).content.decode()
    assert "Words of an operator." in page
    assert page.count('<div class="clause-text" lang="en" dir="ltr"') == 16


def test_the_list_costs_few_queries(django_assert_max_num_queries: object) -> None:
    published()
    published("Third.")
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        _get("/privacy/versions/")
