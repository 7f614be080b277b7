"""/privacy/: the version in force, and how each clause is kept."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from policy import evidence, figures, inventory, retention
from policy.clauses import CLAUSES, MECHANISMS
from policy.cookies import registry
from policy.models import RetentionRun
from tests.base import Cast
from tests.policy.versions.base import published

pytestmark = pytest.mark.django_db


def _page(path: str = "/privacy/", **headers: str) -> str:
    response = Client().get(path, headers={"accept-language": "en", **headers})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_p01_everybody_can_read_it() -> None:
    page = _page()
    for clause in CLAUSES:
        assert f'<h2 id="{clause}"' in page
        assert f'href="#{clause}"' in page
    assert "Your pictures are there for you" in page


def test_it_speaks_the_readers_language() -> None:
    page = _page(**{"accept-language": "de"})
    assert "Ihre Bilder sind für Sie da" in page
    assert "Your pictures are there for you" not in page


def test_p01_every_other_language_says_which_one_is_binding() -> None:
    for language, words in (("de", "gilt der englische Text"), ("fr", "Vos images sont là pour vous")):
        page = _page(**{"accept-language": language})
        assert words in page
        assert 'href="?in=en"' in page
    binding = _page("/privacy/?in=en", **{"accept-language": "fr"})
    assert "Your pictures are there for you" in binding
    assert 'href="?in=en"' not in binding


def test_it_sets_no_cookie() -> None:
    assert not Client().get("/privacy/").cookies


def test_how_each_clause_is_kept_stands_beside_it() -> None:
    page = _page()
    for clause, mechanism in MECHANISMS.items():
        assert f'id="kept-{clause}"' in page
        assert str(mechanism) in page


def test_the_tests_that_prove_a_clause_are_named() -> None:
    assert "expired photos go with every byte" in _page()
    assert "tests/policy/test_retention.py" in _page()


def test_p02_every_field_with_purpose_and_time_is_listed() -> None:
    page = _page()
    for entry in inventory.entries():
        for words in (entry.label, entry.purpose, entry.kept):
            assert str(words) in page


def test_p11_every_cookie_is_listed() -> None:
    page = _page()
    for category in registry.Category:
        for cookie in registry.of(category):
            assert cookie.name in page
            assert str(cookie.purpose) in page


def test_p16_the_last_run_of_each_deletion_is_shown() -> None:
    ran_at = timezone.now() - timedelta(days=3)
    RetentionRun.objects.create(rule="photos", ran_at=ran_at, deleted=4711, is_complete=True)
    page = _page()
    assert "4711" in page
    assert timezone.localtime(ran_at).isoformat() in page
    for rule in retention.rules():
        assert str(rule.what) in page


def test_p16_a_deletion_that_broke_off_is_said_to_have() -> None:
    RetentionRun.objects.create(rule="photos", deleted=0, is_complete=False)
    assert "broke off, is tried again" in _page()


def test_p14_figures_are_live() -> None:
    figures.add("links.withdrawn", 31337)
    assert "31337" in _page()


def test_the_operators_name_and_address_are_filled_in() -> None:
    with override_settings(OPERATOR_NAME="Cut *Out* <b>Ltd</b>", OPERATOR_ADDRESS="1 Main_Street_"):
        response = Client().get("/privacy/")
    assert "Cut *Out* &lt;b&gt;Ltd&lt;/b&gt; (1 Main_Street_)" in response.content.decode()


def test_without_a_name_the_page_says_so() -> None:
    assert "the operator of this site (no address has been entered yet)" in _page()
    assert "{operator" not in _page()


def test_the_checksum_is_that_of_the_plain_file() -> None:
    import hashlib

    plain = Client().get("/privacy/versions/2/policy.txt")
    assert plain["Content-Type"] == "text/plain; charset=utf-8"
    assert hashlib.sha256(plain.content).hexdigest() in _page()


def test_p12_a_link_to_another_site_goes_through_the_notice() -> None:
    published("See [this](https://example.org/) and [that](/contact/).")
    page = _page()
    assert 'href="/leaving/?to=' in page
    assert 'href="https://example.org' not in page


def test_figures_are_at_most_counted_once_a_minute(
    django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    _page()
    with django_assert_max_num_queries(4):
        _page()


def test_figures_of_one_language_do_not_show_in_another() -> None:
    _page(**{"accept-language": "de"})
    page = _page()
    assert "The record of these runs itself" in page


def test_an_unknown_clause_has_no_evidence() -> None:
    with pytest.raises(ValueError, match="P17"):
        evidence.register("P17")


class TestMember(Cast):
    def test_members_see_the_same_page(self) -> None:
        mine: Any = self.alice.get("/privacy/")
        assert mine.status_code == 200
