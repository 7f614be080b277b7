"""/guides/ and /guides/<slug>/: what readers see."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policy.guides.suggestions import MOST
from policy.models import Guide

pytestmark = pytest.mark.django_db

_SLUGS = ["product-photos", "portraits-and-hair", "pets", "cars", "marketplace-rules", "logos"]


def _page(path: str, language: str = "en") -> str:
    response = Client(headers={"accept-language": language}).get(path)
    assert response.status_code == 200
    return response.content.decode()


def _queries(path: str) -> Iterator[str]:
    Client().get(path)  # whatever is cached for all is there
    with CaptureQueriesContext(
        connection,
    ) as captured:
        Client().get(path)
    return (query["sql"] for query in captured if "policy_guide" in query["sql"])


class TestFirstGuides:
    @pytest.mark.parametrize("language", ["en", "de"])
    def test_there_are_six_in_editorial_order(self, language: str) -> None:
        page = _page("/guides/", language)
        assert re.findall(r'href="/guides/([\w-]+)/"', page) == _SLUGS

    @pytest.mark.parametrize("language", ["en", "de"])
    @pytest.mark.parametrize("slug", _SLUGS)
    def test_each_is_long_enough_to_be_of_use_and_short_enough_to_be_read(
        self, slug: str, language: str
    ) -> None:
        guide = Guide.objects.get(slug=slug, language=language)
        assert 400 <= len(guide.body.split()) <= 800
        assert len(guide.summary) <= 160
        assert f"<h1>{guide.title}</h1>" in _page(f"/guides/{slug}/", language)

    @pytest.mark.parametrize("slug", _SLUGS)
    def test_both_languages_say_the_same_things(self, slug: str) -> None:
        english, german = (Guide.objects.get(slug=slug, language=code).body for code in ("en", "de"))
        for mark in (r"^## ", r"^\| ", r"^\d\. ", r"^- ", r"\]\(https"):
            assert len(re.findall(mark, english, re.MULTILINE)) == len(re.findall(mark, german, re.MULTILINE))

    @pytest.mark.parametrize("slug", [*_SLUGS, "another"])
    def test_each_has_a_drawing(self, slug: str) -> None:
        assert finders.find(Guide(slug=slug).illustration)

    def test_p12_links_to_other_sites_go_through_the_notice(self) -> None:
        page = _page("/guides/marketplace-rules/")
        assert len(re.findall(r'<a href="/leaving/\?to=[^"]+">', page)) == 2
        assert 'href="http' not in page

    def test_the_rules_of_others_are_said_to_change(self) -> None:
        assert "Rules change" in _page("/guides/marketplace-rules/")
        assert "Regeln ändern sich" in _page("/guides/marketplace-rules/", "de")


class TestPage:
    def test_it_leads_to_the_upload(self) -> None:
        assert '<a class="button" href="/">Try it with your photo</a>' in _page("/guides/pets/")

    def test_a_guide_that_is_not_there_is_not_found(self) -> None:
        assert Client().get("/guides/none/").status_code == 404

    def test_a_draft_is_not_there_either(self) -> None:
        Guide.objects.filter(slug="pets").update(is_published=False)
        assert Client().get("/guides/pets/").status_code == 404
        assert "/guides/pets/" not in _page("/guides/")

    def test_a_tag_in_the_text_is_text(self) -> None:
        Guide.objects.filter(slug="pets").update(body="<script>alert(1)</script>\n\n[x](javascript:alert(1))")
        page = _page("/guides/pets/")
        assert "&lt;script&gt;alert(1)" in page
        assert 'href="javascript' not in page

    def test_statistics_may_tell_guides_apart_by_their_public_name(self) -> None:
        assert Client().get("/guides/pets/").wsgi_request.page_slug == "pets"

    def test_and_not_by_a_name_that_a_visitor_made_up(self) -> None:
        assert not hasattr(Client().get("/guides/alice-smith/").wsgi_request, "page_slug")

    def test_no_cookie_is_set(self) -> None:
        assert not Client().get("/guides/pets/").cookies

    def test_no_guides_at_all_are_said(self) -> None:
        Guide.objects.all().delete()
        assert "There are no guides" in _page("/guides/")


class TestLanguage:
    def test_a_missing_translation_is_shown_in_english_and_said_to_be(self) -> None:
        Guide.objects.filter(slug="pets", language="de").delete()
        page = _page("/guides/pets/", "de")
        assert '<html lang="de"' in page
        assert '<article lang="en"' in page
        assert "Pets: fur" in page

    def test_its_card_says_so_too(self) -> None:
        Guide.objects.filter(slug="pets", language="de").delete()
        assert page_of_cards(_page("/guides/", "de"))["pets"] == "en"

    def test_a_translated_guide_needs_no_mark(self) -> None:
        page = _page("/guides/pets/", "de")
        assert "<article>" in page
        assert set(page_of_cards(page).values()) == {""}

    def test_a_draft_of_a_translation_leaves_the_english_one(self) -> None:
        Guide.objects.filter(slug="pets", language="de").update(is_published=False)
        assert '<article lang="en"' in _page("/guides/pets/", "de")

    def test_german_alone_is_no_page_for_english_readers(self) -> None:
        Guide.objects.filter(slug="pets", language="en").delete()
        assert Client().get("/guides/pets/").status_code == 404


def page_of_cards(page: str) -> dict[str, str]:
    """The language of each card by slug; empty where it is that of the page."""
    cards = re.findall(
        r'<div class="guide-card"(?: lang="(\w+)"[^>]*)?\s*>.*?href="/guides/([\w-]+)/"', page, re.DOTALL
    )
    return {slug: language for language, slug in cards}


class TestQueries:
    def test_the_list_takes_one(self) -> None:
        assert len(list(_queries("/guides/"))) == 1

    def test_a_guide_takes_three_however_many_guides_there_are(self) -> None:
        assert len(list(_queries("/guides/pets/"))) == 3
        Guide.objects.bulk_create(
            Guide(slug=f"more-{n}", language="en", title="t", summary="s", body="b", is_published=True)
            for n in range(40)
        )
        assert len(list(_queries("/guides/pets/"))) == 3

    def test_the_list_does_not_load_the_texts(self) -> None:
        assert not any('"body"' in query for query in _queries("/guides/"))

    def test_only_a_few_are_suggested(self) -> None:
        page = _page("/guides/pets/")
        assert len(page_of_cards(page[page.index("Read next") :])) == MOST
